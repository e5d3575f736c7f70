-- The shared view and the lease of whoever moves it.

-- R47: the whole view as it is now, for replay.
local function sample(by, fence)
  local fields = redis.call('HGETALL', view)
  redis.call('XADD', replay, 'MAXLEN', '~', '20000', '*', 'by', by, 'fence', fence, unpack(fields))
  redis.call('HSET', meta, 'sampled', at, 'unsampled', '0')
end

-- R48: "page n" of the newest command of a pane, or of the layout; older ones of that page come too late.
local function late(kept, page, n)
  local before, number = string.match(kept or '', '^(%S+) (%S+)$')
  return page ~= '' and before == page and tonumber(n) <= tonumber(number)
end

-- R40: only the holder at the current fence moves the view; moving it renews the lease.
function act.view()
  local by, grant, epoch, rights, fence = argument(), argument(), argument(), argument(), argument()
  local pane, moved, layout, lease = argument(), argument(), argument(), tonumber(argument())
  local page, n = argument(), argument()
  local needed, fields = arguments(), arguments()
  local role = role_of(by, grant, epoch)
  if not role then return {'DENIED'} end
  if right_of(rights, role) == 'no' then return {'FORBIDDEN'} end
  local state = redis.call('HMGET', meta, 'holder', 'fence', 'ended', 'frozen', 'sampled',
    'steered:' .. pane, 'steered:layout')
  if state[4] == '1' then return {'STATE_LOST'} end
  if state[3] == '1' then return {'ROOM_ENDED'} end
  if state[1] ~= by or state[2] ~= fence then return {'STALE'} end
  if late(state[6], page, n) or (layout ~= '' and late(state[7], page, n)) then return {'STALE'} end
  if closed(needed) then return {'NO_SUCH_SERIES'} end

  local revision = digits(redis.call('HINCRBY', meta, 'view_revision', 1))
  redis.call('HSET', meta, 'lead_until', digits(now + lease), 'touched', at)
  if page ~= '' then redis.call('HSET', meta, 'steered:' .. pane, page .. ' ' .. n) end
  if page ~= '' and layout ~= '' then redis.call('HSET', meta, 'steered:layout', page .. ' ' .. n) end
  if #fields > 0 then redis.call('HSET', view, unpack(fields)) end
  redis.call('XADD', views, 'MAXLEN', '~', '256', '0-' .. revision,
    'fence', fence, 'by', by, 'pane', pane, 'change', moved, 'layout', layout)
  if now - tonumber(state[5] or '0') >= 100 then sample(by, fence)
  else redis.call('HSET', meta, 'unsampled', '1') end
  return {'OK', revision}
end

-- R43: the holder is still here.
function act.renew()
  local by, fence, lease = argument(), argument(), tonumber(argument())
  local state = redis.call('HMGET', meta, 'holder', 'fence', 'unsampled')
  if state[1] ~= by or state[2] ~= fence then return {'STALE'} end
  redis.call('HSET', meta, 'lead_until', digits(now + lease), 'touched', at)
  if state[3] == '1' then sample(by, fence) end
  return {'OK'}
end
