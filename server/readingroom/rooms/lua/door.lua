-- Rooms made, links made and used.
function act.create()
  if redis.call('EXISTS', meta) == 1 then return {'EXISTS'} end
  local epoch, patient, opened, fields = argument(), argument(), arguments(), arguments()
  redis.call('HSET', meta, 'epoch', epoch, 'revision', '0', 'view_revision', '0', 'head', '', 'fence', '0',
    'holder', '', 'lead_until', '0', 'asking', '', 'live', '0', 'created', at, 'touched', at, 'patient', patient)
  local answer = {'OK'}
  for i = 1, #opened, 4 do
    redis.call('HSET', series, opened[i], opened[i + 1])
    local entry = append('server', 'open-' .. opened[i], '0', opened[i + 3])
    redis.call('HSET', doc, 's:' .. opened[i], entry[1] .. opened[i + 2])
    answer[#answer + 1] = entry
  end
  for i = 1, #fields, 2 do redis.call('HSET', view, fields[i], fields[i + 1]) end
  return answer
end

-- R20: "role principal expires token name", token '-' until the first use, the name perhaps empty. `by` is a host,
-- or empty for the operator. Links that expired unused make room for others, but only where room is wanted.
function act.invite()
  local grant, secret, role, principal, lifetime = argument(), argument(), argument(), argument(), argument()
  local limit, open_limit, name = tonumber(argument()), tonumber(argument()), argument()
  local by, by_grant, by_epoch = argument(), argument(), argument()
  if by ~= '' then
    local inviting = role_of(by, by_grant, by_epoch)
    if not inviting then return {'DENIED'} end
    if inviting ~= 'host' then return {'FORBIDDEN'} end
  end
  local expired, open = {}, 0
  local rows = redis.call('HGETALL', grants)
  for i = 1, #rows, 2 do
    local expires, token = string.match(rows[i + 1], '^%S+ %S+ (%S+) (%S+)')
    if token == '-' and tonumber(expires) <= now then expired[#expired + 1] = rows[i]
    elseif token == '-' then open = open + 1 end
  end
  if by ~= '' and open >= open_limit then return {'LIMIT', 'invitations'} end
  local full = #rows / 2 >= limit
  if full and #expired == 0 then return {'LIMIT', 'people'} end
  if full then redis.call('HDEL', grants, unpack(expired)) end
  local row = {role, principal, digits(now + tonumber(lifetime)), '-', name}
  redis.call('HSET', grants, grant, table.concat(row, ' '))
  redis.call('HSET', links, secret, grant)
  return {'OK'}
end

-- R27: an invitation that nobody has used opens nothing any more.
function act.revoke()
  local grant, by, by_grant, by_epoch = argument(), argument(), argument(), argument()
  local revoking = role_of(by, by_grant, by_epoch)
  if not revoking then return {'DENIED'} end
  if revoking ~= 'host' then return {'FORBIDDEN'} end
  local row = redis.call('HGET', grants, grant)
  if not row then return {'NO_SUCH_INVITATION'} end
  if string.match(row, '^%S+ %S+ %S+ (%S+)') ~= '-' then return {'INVITATION_USED'} end
  redis.call('HDEL', grants, grant)
  return {'OK'}
end

-- R21-R24: a link's first use, or its own browser again. `assumed` is the role that `joined` speaks of.
function act.admit()
  local secret, presented, fresh, default, given = argument(), argument(), argument(), argument(), argument()
  local join_id, joined, took, lease = argument(), argument(), argument(), tonumber(argument())
  local first_limit, again_limit, assumed = tonumber(argument()), tonumber(argument()), argument()
  local grant = redis.call('HGET', links, secret)
  local row = grant and redis.call('HGET', grants, grant)
  if not row then return {'LINK_UNKNOWN'} end
  local role, principal, expires, token, called = string.match(row, '^(%S+) (%S+) (%S+) (%S+)(.*)$')
  local first = token == '-'
  if first and tonumber(expires) <= now then return {'LINK_EXPIRED'} end
  if not first and token ~= presented and token ~= fresh then return {'LINK_USED'} end
  local allowed = redis.call('HGET', acl, principal)
  if not first and not allowed then return {'DENIED'} end
  if role ~= 'host' and redis.call('HGET', meta, 'ended') == '1' then return {'ROOM_ENDED'} end
  if role ~= assumed then return {'ROLE_CHANGED'} end
  local person = redis.call('HGET', doc, 'p:' .. principal)
  local since, name = nil, nil
  if person then since, name = string.match(person, '^(%S+) %S+ (.*)$') end
  local write = first or (given == '1' and name ~= default)
  local state = redis.call('HMGET', meta, 'revision', 'holder', 'fence')
  if write and tonumber(state[1]) >= (first and first_limit or again_limit) then return {'LIMIT', 'changes'} end

  local answer = {'OK', grant, principal, token == presented and 'same' or 'fresh', name or default}
  if first then
    redis.call('HSET', grants, grant, table.concat({role, principal, expires, fresh}, ' ') .. called)
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
