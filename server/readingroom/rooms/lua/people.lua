-- Who leads, who is in the room and as what, hands and words.
local function leading(principal)
  return {holder = principal, done = function() end}
end

-- R41
kinds['lead.take'] = function(asked)
  local state = asked.state
  local free = state.holder == '' or state.holder == asked.by or state.lead_until <= now
  if asked.right ~= 'any' and not free then return {'LEAD_TAKEN'} end
  return nil, leading(asked.by)
end

-- R42: extra[1] is the row of rights that says which roles may lead.
kinds['lead.give'] = function(asked)
  if asked.right ~= 'any' and asked.state.holder ~= asked.by then return {'LEAD_TAKEN'} end
  local row = redis.call('HGET', acl, asked.target)
  if not row then return {'NOT_HERE'} end
  if right_of(asked.extra[1], string.match(row, '^%S+')) == 'no' then return {'FORBIDDEN'} end
  return nil, leading(asked.target)
end

kinds['lead.ask'] = function(asked)
  return nil, {done = function()
    local asking = without(redis.call('HGET', meta, 'asking'), asked.by)
    if asked.value == '1' then asking[#asking + 1] = asked.by end
    redis.call('HSET', meta, 'asking', table.concat(asking, ' '))
  end}
end

-- R45
kinds['stage.gather'] = function(asked)
  if asked.right ~= 'any' and asked.state.holder ~= asked.by then return {'LEAD_TAKEN'} end
  return nil, {done = function(revision) redis.call('HSET', meta, 'gathered', revision) end}
end

local function hand_down(principal)
  redis.call('HDEL', doc, 'h:' .. principal)
end

kinds['hand.raise'] = function(asked)
  return nil, {done = function(revision)
    if asked.value == '1' then redis.call('HSETNX', doc, 'h:' .. asked.by, revision)
    else hand_down(asked.by) end
  end}
end

kinds['hand.lower'] = function(asked)
  return nil, {done = function() hand_down(asked.target) end}
end

-- R16: extra[1] is how many messages stay in the document.
kinds['chat.say'] = function(asked)
  return nil, {done = function(revision)
    redis.call('HSET', doc, 'c:' .. revision, at .. ' ' .. asked.by .. ' ' .. asked.value)
    redis.call('RPUSH', chat, revision)
    if redis.call('LLEN', chat) > tonumber(asked.extra[1]) then
      redis.call('HDEL', doc, 'c:' .. redis.call('LPOP', chat))
    end
  end}
end

-- R26: somebody else who is here; his acl row "role grant epoch".
local function another(asked)
  if asked.target == asked.by then return {'FORBIDDEN'} end
  local row = redis.call('HGET', acl, asked.target)
  if not row then return {'NOT_HERE'} end
  return nil, row
end

local function lead_from(asked)
  if asked.state.holder == asked.target then return asked.by end
  return nil
end

kinds['person.remove'] = function(asked)
  local refusal = another(asked)
  if refusal then return refusal end
  local holder = lead_from(asked)
  return nil, {holder = holder, done = function(revision)
    redis.call('HDEL', acl, asked.target)
    redis.call('HSET', doc, 'x:' .. asked.target, revision)
    redis.call('DEL', steps .. ':' .. asked.target, steps .. ':' .. asked.target .. ':redo')
    hand_down(asked.target)
    if not holder then ask_no_more(asked.target) end
  end}
end

-- extra: whether the new role may lead, and whether it may hide marks.
kinds['person.role'] = function(asked)
  local refusal, row = another(asked)
  if refusal then return refusal end
  local _, grant, epoch = string.match(row, '^(%S+) (%S+) (%S+)$')
  local may_lead = asked.extra[1] == '1'
  local holder = not may_lead and lead_from(asked) or nil
  return nil, {holder = holder, done = function()
    redis.call('HSET', acl, asked.target, asked.value .. ' ' .. grant .. ' ' .. epoch)
    local given = redis.call('HGET', grants, grant)
    redis.call('HSET', grants, grant, (string.gsub(given, '^%S+', asked.value, 1)))
    local person = redis.call('HGET', doc, 'p:' .. asked.target)
    local since, name = string.match(person, '^(%S+) %S+ (.*)$')
    redis.call('HSET', doc, 'p:' .. asked.target, since .. ' ' .. asked.value .. ' ' .. name)
    if not may_lead and not holder then ask_no_more(asked.target) end
    if asked.extra[2] == '0' then
      forget_others(undone(asked.target), asked.target)
      forget_others(redone(asked.target), asked.target)
    end
  end}
end
