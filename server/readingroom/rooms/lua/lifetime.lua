-- How a room ends by itself, and how it goes for good.

-- R80: nobody has touched it for so long: it ends as `room.end` of the server. 'alive' where that is not so.
function act.expire()
  local idle, command = tonumber(argument()), argument()
  local state = redis.call('HMGET', meta, 'ended', 'touched', 'created', 'fence')
  local touched = tonumber(state[2] or state[3] or '0')
  if state[1] == '1' or now - touched < idle then return {'OK', 'alive'} end
  local entry = append('server', 'end-' .. at, state[4], command)
  redis.call('HSET', meta, 'ended', '1', 'ended_at', at)
  return {'OK', 'ended', entry, 'end-' .. at}
end

-- R81: every key of a room that ended at least `kept` ms ago, or whenever if that is ''. 'kept' where it is not
-- yet due, else the series that were open in it.
function act.delete()
  local kept, channel = argument(), argument()
  local state = redis.call('HMGET', meta, 'ended', 'ended_at', 'touched')
  local ended_at = tonumber(state[2] or state[3] or '0')
  if kept ~= '' and (state[1] ~= '1' or now - ended_at < tonumber(kept)) then return {'OK', 'kept'} end
  local opened = redis.call('HVALS', series)
  for _, name in ipairs(redis.call('HKEYS', doc)) do
    local principal = string.match(name, '^p:(.*)$')
    if principal then
      redis.call('UNLINK', steps .. ':' .. principal, steps .. ':' .. principal .. ':redo')
    end
  end
  redis.call('UNLINK', unpack(KEYS))
  redis.call('PUBLISH', channel, '{"kind":"deleted","process":"script"}')
  return {'OK', 'deleted', opened}
end
