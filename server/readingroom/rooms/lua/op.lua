-- One change of the document, whatever its kind (R1-R6).
function act.op()
  local by, grant, epoch, op_id, hash = argument(), argument(), argument(), argument(), argument()
  local asked = {by = by}
  local rights, kind = argument(), argument()
  asked.target, asked.value, asked.extra = argument(), argument(), arguments()
  local command, lease, ops_limit = argument(), tonumber(argument()), tonumber(argument())
  asked.mark_limits = {tonumber(argument()), tonumber(argument())}
  local needed = arguments()

  local role = role_of(by, grant, epoch)
  if not role then return {'DENIED'} end
  local known = redis.call('HGET', seen, by .. ' ' .. op_id)
  if known then
    local before, revision = string.match(known, '^(%S+) (%S+)$')
    if before ~= hash then return {'OP_ID_REUSED'} end
    return {'OK', revision}
  end
  asked.right = right_of(rights, role)
  if asked.right == 'no' then return {'FORBIDDEN'} end
  local found = redis.call('HMGET', meta, 'revision', 'holder', 'fence', 'lead_until', 'ended', 'frozen')
  asked.state = {holder = found[2], lead_until = tonumber(found[4]), frozen = found[6] == '1'}
  if asked.state.frozen and kind ~= 'room.go_on' then return {'STATE_LOST'} end
  if found[5] == '1' and kind ~= 'room.reopen' and kind ~= 'room.go_on' then return {'ROOM_ENDED'} end
  local refusal, plan = kinds[kind](asked)
  if refusal then return refusal end
  if closed(needed) then return {'NO_SUCH_SERIES'} end
  if tonumber(found[1]) >= ops_limit then return {'LIMIT', 'changes'} end

  local fence = found[3]
  if plan.holder then
    fence = digits(tonumber(fence) + 1)
    lead_to(plan.holder, fence, lease)
  end
  local entry = append(by, op_id, fence, plan.command or command)
  plan.done(entry[1])
  redis.call('HSET', seen, by .. ' ' .. op_id, hash .. ' ' .. entry[1])
  entry[5] = plan.command
  return {'OK', entry[1], entry}
end
