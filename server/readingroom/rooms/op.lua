-- The one script: everything that changes a room is decided and written here, in one atomic step (SPEC.md).
-- It never decodes a payload: commands, marks and view fields are opaque canonical bytes; what must be
-- checked comes as arguments beside them. All checks stand before the first write: Lua is isolated, not
-- transactional. Redis 7.0 commands only. Answers {code, ...}; 'OK' means written.
local meta, view, doc, log, views, seen, acl, series, grants, links = unpack(KEYS)
local position = 0

local function argument()
  position = position + 1
  return ARGV[position]
end

local function arguments()
  local all = {}
  for i = 1, tonumber(argument()) do all[i] = argument() end
  return all
end

local function digits(number)
  return string.format('%.0f', number)
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local at = digits(now)

-- R10, R11: the next revision, the chained head, the stream entry.
local function append(by, op_id, fence, command)
  local revision = digits(redis.call('HINCRBY', meta, 'revision', 1))
  local before = redis.call('HGET', meta, 'head')
  local head = redis.sha1hex(table.concat({before, '1', revision, at, by, op_id, fence, command}, '\n'))
  redis.call('HSET', meta, 'head', head)
  redis.call('XADD', log, '0-' .. revision,
    'version', '1', 'at', at, 'by', by, 'op', op_id, 'fence', fence, 'head', head, 'command', command)
  return {revision, at, fence, head}
end

local function lead_to(holder, fence, lease)
  redis.call('HSET', meta, 'holder', holder, 'fence', fence, 'lead_until', digits(now + lease), 'asking', '')
end

local function closed(keys)
  for _, key in ipairs(keys) do
    if redis.call('HEXISTS', series, key) == 0 then return true end
  end
  return false
end

-- R1: the role of a principal whose grant and epoch are still the ones in the acl ("role grant epoch").
local function role_of(principal, grant, epoch)
  local row = redis.call('HGET', acl, principal)
  if not row then return nil end
  local role, held, current = string.match(row, '^(%S+) (%S+) (%S+)$')
  if held ~= grant or current ~= epoch then return nil end
  return role
end

-- R3: "host=any patient=own" and a role give any, own or no.
local function right_of(rights, role)
  return string.match(' ' .. rights .. ' ', ' ' .. role .. '=(%a+) ') or 'no'
end

local function without(list, item)
  local rest = {}
  for one in string.gmatch(list, '%S+') do
    if one ~= item then rest[#rest + 1] = one end
  end
  return rest
end

local act = {}

function act.create()
  if redis.call('EXISTS', meta) == 1 then return {'EXISTS'} end
  local epoch, opened, fields = argument(), arguments(), arguments()
  redis.call('HSET', meta, 'epoch', epoch, 'revision', '0', 'view_revision', '0', 'head', '', 'fence', '0',
    'holder', '', 'lead_until', '0', 'asking', '', 'live', '0', 'created', at)
  local answer = {'OK'}
  for i = 1, #opened, 3 do
    redis.call('HSET', series, opened[i], opened[i + 1])
    local entry = append('server', 'open-' .. opened[i], '0', opened[i + 2])
    redis.call('HSET', doc, 's:' .. opened[i], entry[1])
    answer[#answer + 1] = entry
  end
  for i = 1, #fields, 2 do redis.call('HSET', view, fields[i], fields[i + 1]) end
  return answer
end

-- R20: "role principal expires token", token '-' until the first use.
function act.invite()
  local grant, secret, role, principal, lifetime = argument(), argument(), argument(), argument(), argument()
  local limit = tonumber(argument())
  if redis.call('HLEN', grants) >= limit then return {'LIMIT', 'people'} end
  local row = {role, principal, digits(now + tonumber(lifetime)), '-'}
  redis.call('HSET', grants, grant, table.concat(row, ' '))
  redis.call('HSET', links, secret, grant)
  return {'OK'}
end

-- R21-R24: a link's first use, or its own browser again.
function act.admit()
  local secret, presented, fresh, default, given = argument(), argument(), argument(), argument(), argument()
  local join_id, joined, took, lease = argument(), argument(), argument(), tonumber(argument())
  local ops_limit = tonumber(argument())
  local grant = redis.call('HGET', links, secret)
  local row = grant and redis.call('HGET', grants, grant)
  if not row then return {'LINK_UNKNOWN'} end
  local role, principal, expires, token = string.match(row, '^(%S+) (%S+) (%S+) (%S+)$')
  local first = token == '-'
  if first and tonumber(expires) <= now then return {'LINK_EXPIRED'} end
  if not first and token ~= presented and token ~= fresh then return {'LINK_USED'} end
  local allowed = redis.call('HGET', acl, principal)
  if not first and not allowed then return {'DENIED'} end
  local person = redis.call('HGET', doc, 'p:' .. principal)
  local since, name = nil, nil
  if person then since, name = string.match(person, '^(%S+) %S+ (.*)$') end
  local write = first or (given == '1' and name ~= default)
  local state = redis.call('HMGET', meta, 'revision', 'holder', 'fence')
  if write and tonumber(state[1]) >= ops_limit then return {'LIMIT', 'changes'} end

  local answer = {'OK', grant, principal, token == presented and 'same' or 'fresh', name or default}
  if first then
    redis.call('HSET', grants, grant, table.concat({role, principal, expires, fresh}, ' '))
    allowed = role .. ' ' .. grant .. ' 1'
    redis.call('HSET', acl, principal, allowed)
  end
  answer[6] = allowed
  if not write then return answer end
  answer[5] = default
  local entry = append(principal, join_id, state[3], joined)
  redis.call('HSET', doc, 'p:' .. principal, (since or entry[1]) .. ' ' .. role .. ' ' .. default)
  answer[7] = entry
  if first and role == 'host' and state[2] == '' then
    local fence = digits(tonumber(state[3]) + 1)
    lead_to(principal, fence, lease)
    answer[8] = append(principal, join_id .. '-lead', fence, took)
  end
  return answer
end

local change = {}

function change.create(by, right, id, mark, limit)
  if redis.call('HEXISTS', doc, 'a:' .. id) == 1 then return {'EXISTS'} end
  if tonumber(redis.call('HGET', meta, 'live')) >= limit then return {'LIMIT', 'marks'} end
  return nil, function(revision)
    redis.call('HSET', doc, 'a:' .. id, by .. ' ' .. revision .. ' 1 ' .. mark)
    redis.call('HINCRBY', meta, 'live', 1)
  end
end

-- R31: a row is "author revision live mark"; the author never changes.
local function own(by, right, id)
  local row = redis.call('HGET', doc, 'a:' .. id)
  local author, _, live = string.match(row or '', '^(%S+) (%S+) (%d) ')
  if live ~= '1' then return {'GONE'} end
  if right ~= 'any' and author ~= by then return {'NOT_OWNER'} end
  return nil, author
end

function change.update(by, right, id, mark)
  local refusal, author = own(by, right, id)
  if refusal then return refusal end
  return nil, function(revision)
    redis.call('HSET', doc, 'a:' .. id, author .. ' ' .. revision .. ' 1 ' .. mark)
  end
end

function change.delete(by, right, id)
  local refusal, author = own(by, right, id)
  if refusal then return refusal end
  return nil, function(revision)
    redis.call('HSET', doc, 'a:' .. id, author .. ' ' .. revision .. ' 0 ')
    redis.call('HINCRBY', meta, 'live', -1)
  end
end

local lead = {}

function lead.take(by, right, state)
  local free = state.holder == '' or state.holder == by or state.lead_until <= now
  if right ~= 'any' and not free then return {'LEAD_TAKEN'} end
  return nil, by
end

function lead.give(by, right, state, to)
  if right ~= 'any' and state.holder ~= by then return {'LEAD_TAKEN'} end
  if redis.call('HEXISTS', acl, to) == 0 then return {'NOT_HERE'} end
  return nil, to
end

function act.op()
  local by, grant, epoch, op_id, hash = argument(), argument(), argument(), argument(), argument()
  local rights, group, verb, target = argument(), argument(), argument(), argument()
  local command, value, lease = argument(), argument(), tonumber(argument())
  local ops_limit, live_limit, needed = tonumber(argument()), tonumber(argument()), arguments()

  local role = role_of(by, grant, epoch)
  if not role then return {'DENIED'} end
  local known = redis.call('HGET', seen, by .. ' ' .. op_id)
  if known then
    local before, revision = string.match(known, '^(%S+) (%S+)$')
    if before ~= hash then return {'OP_ID_REUSED'} end
    return {'OK', revision}
  end
  local right = right_of(rights, role)
  if right == 'no' then return {'FORBIDDEN'} end
  local found = redis.call('HMGET', meta, 'revision', 'holder', 'fence', 'lead_until', 'asking')
  local state = {holder = found[2], lead_until = tonumber(found[4])}
  local fence, refusal, done, holder = found[3], nil, nil, nil
  if group == 'annotation' then
    refusal, done = change[verb](by, right, target, value, live_limit)
  elseif verb ~= 'ask' then
    refusal, holder = lead[verb](by, right, state, target)
  end
  if refusal then return refusal end
  if closed(needed) then return {'NO_SUCH_SERIES'} end
  if tonumber(found[1]) >= ops_limit then return {'LIMIT', 'changes'} end

  if holder then
    fence = digits(tonumber(fence) + 1)
    lead_to(holder, fence, lease)
  elseif verb == 'ask' then
    local asking = without(found[5], by)
    if value == '1' then asking[#asking + 1] = by end
    redis.call('HSET', meta, 'asking', table.concat(asking, ' '))
  end
  local entry = append(by, op_id, fence, command)
  if done then done(entry[1]) end
  redis.call('HSET', seen, by .. ' ' .. op_id, hash .. ' ' .. entry[1])
  return {'OK', entry[1], entry}
end

-- R40: only the holder at the current fence moves the view; moving it renews the lease.
function act.view()
  local by, grant, epoch, rights, fence = argument(), argument(), argument(), argument(), argument()
  local pane, moved, lease, needed, fields = argument(), argument(), tonumber(argument()), arguments(), arguments()
  local role = role_of(by, grant, epoch)
  if not role then return {'DENIED'} end
  if right_of(rights, role) == 'no' then return {'FORBIDDEN'} end
  local state = redis.call('HMGET', meta, 'holder', 'fence')
  if state[1] ~= by or state[2] ~= fence then return {'STALE'} end
  if closed(needed) then return {'NO_SUCH_SERIES'} end

  local revision = digits(redis.call('HINCRBY', meta, 'view_revision', 1))
  redis.call('HSET', meta, 'lead_until', digits(now + lease))
  for i = 1, #fields, 2 do redis.call('HSET', view, fields[i], fields[i + 1]) end
  redis.call('XADD', views, 'MAXLEN', '~', '256', '0-' .. revision,
    'fence', fence, 'by', by, 'pane', pane, 'change', moved)
  return {'OK', revision}
end

-- R43: the holder is still here.
function act.renew()
  local by, fence, lease = argument(), argument(), tonumber(argument())
  local state = redis.call('HMGET', meta, 'holder', 'fence')
  if state[1] ~= by or state[2] ~= fence then return {'STALE'} end
  redis.call('HSET', meta, 'lead_until', digits(now + lease))
  return {'OK'}
end

local what = argument()
if what ~= 'create' and redis.call('EXISTS', meta) == 0 then return {'NO_SUCH_ROOM'} end
return act[what]()
