local what = argument()
if what ~= 'create' and redis.call('EXISTS', meta) == 0 then return {'NO_SUCH_ROOM'} end
return act[what]()
