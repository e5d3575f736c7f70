-- What lies in the room, and the room itself: series, key images, its end.
kinds['series.open'] = function(asked)
  if redis.call('HEXISTS', series, asked.target) == 1 then return {'EXISTS'} end
  if redis.call('HLEN', series) >= tonumber(asked.extra[1]) then return {'LIMIT', 'series'} end
  return nil, {done = function(revision)
    redis.call('HSET', series, asked.target, asked.value)
    redis.call('HSET', doc, 's:' .. asked.target, revision .. asked.extra[2])
  end}
end

kinds['series.close'] = function(asked)
  if redis.call('HEXISTS', series, asked.target) == 0 then return {'NO_SUCH_SERIES'} end
  return nil, {done = function()
    redis.call('HDEL', series, asked.target)
    redis.call('HDEL', doc, 's:' .. asked.target)
  end}
end

-- A row is "author revision command".
kinds['key_image.add'] = function(asked)
  if redis.call('HEXISTS', doc, 'k:' .. asked.target) == 1 then return {'EXISTS'} end
  local kept = tonumber(redis.call('HGET', meta, 'key_images') or '0')
  if kept >= tonumber(asked.extra[1]) then return {'LIMIT', 'key_images'} end
  return nil, {done = function(revision)
    redis.call('HSET', doc, 'k:' .. asked.target, asked.by .. ' ' .. revision .. ' ' .. asked.value)
    redis.call('HINCRBY', meta, 'key_images', 1)
  end}
end

kinds['key_image.remove'] = function(asked)
  local row = redis.call('HGET', doc, 'k:' .. asked.target)
  if not row then return {'GONE'} end
  if asked.right ~= 'any' and string.match(row, '^%S+') ~= asked.by then return {'NOT_OWNER'} end
  return nil, {done = function()
    redis.call('HDEL', doc, 'k:' .. asked.target)
    redis.call('HINCRBY', meta, 'key_images', -1)
  end}
end

-- R18
kinds['room.end'] = function()
  return nil, {done = function() redis.call('HSET', meta, 'ended', '1', 'ended_at', at) end}
end

kinds['room.reopen'] = function()
  return nil, {done = function()
    redis.call('HSET', meta, 'ended', '0')
    redis.call('HDEL', meta, 'ended_at')
  end}
end

-- R53: value is the new epoch.
kinds['room.go_on'] = function(asked)
  if not asked.state.frozen then return {'NOT_LOST'} end
  return nil, {done = function()
    local before = redis.call('HMGET', meta, 'epoch', 'epochs')
    redis.call('HSET', meta, 'epoch', asked.value, 'frozen', '0',
      'epochs', (before[2] or '') .. ' ' .. before[1])
  end}
end

-- A loss that was seen under an epoch which a host has left behind since is his decision already.
function act.freeze()
  local told = argument()
  for past in string.gmatch(redis.call('HGET', meta, 'epochs') or '', '%S+') do
    if past == told then return {'OK'} end
  end
  redis.call('HSET', meta, 'frozen', '1')
  return {'OK'}
end
