-- The one script: everything that changes a room is decided and written here, in one atomic step (SPEC.md).
-- It is put together from the files of this folder (script.py says in which order) and never decodes a payload:
-- commands, marks and view fields are opaque canonical bytes; what must be checked comes as arguments beside
-- them. All checks stand before the first write: Lua is isolated, not transactional. Redis 7.0 commands only.
-- Answers {code, ...}; 'OK' means written.
local meta, view, doc, log, views, seen, acl, series, grants, links, steps, chat, replay = unpack(KEYS)
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
  local head = redis.sha1hex(table.concat({before, '2', revision, at, by, op_id, fence, command}, '\n'))
  redis.call('HSET', meta, 'head', head, 'touched', at)
  redis.call('XADD', log, '0-' .. revision,
    'version', '2', 'at', at, 'by', by, 'op', op_id, 'fence', fence, 'head', head, 'command', command)
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

local function ask_no_more(principal)
  local asking = redis.call('HGET', meta, 'asking') or ''
  redis.call('HSET', meta, 'asking', table.concat(without(asking, principal), ' '))
end

local act = {}

-- What each kind of command decides: kinds['annotation.create'](asked) gives a refusal, or nil and a plan:
-- `done(revision)` writes the document, `holder` is who leads from now on, `command` the bytes to be logged
-- where they are not those that were sent.
local kinds = {}
