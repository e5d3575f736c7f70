-- A host's link used: KEYS are the link, the session it is to be exchanged for, and the one the browser has.
-- A link's row is the last moment for its first use, afterwards `used` and the SHA-256 of what it was exchanged
-- for. Nothing is written before all is checked.
local fresh, presented, host, lives = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local row = redis.call('GET', KEYS[1])
if not row then return {'HOST_LINK_UNKNOWN'} end
local has = presented ~= '' and redis.call('PTTL', KEYS[3]) or -2
if string.sub(row, 1, 5) == 'used ' then
  if string.sub(row, 6) == presented and has > 0 then return {'OK', 'same', string.format('%.0f', has)} end
  return {'HOST_LINK_USED'}
end
local time = redis.call('TIME')
if tonumber(row) <= tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) then
  return {'HOST_LINK_EXPIRED'}
end
redis.call('SET', KEYS[1], 'used ' .. fresh, 'KEEPTTL')
redis.call('SET', KEYS[2], host, 'PX', ARGV[4])
if has > 0 then redis.call('DEL', KEYS[3]) end
return {'OK', 'fresh', ARGV[4]}
