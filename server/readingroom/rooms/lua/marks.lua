-- Marks. A row of the document is "author revision flags mark"; the author never changes (R31). Of the flags,
-- 1 or 0 says live or removed, h hidden, p a pin, a its question answered. All but the last, with the mark's
-- bytes, are the mark's contents: what undo compares and restores (R33, R35).
local STEPS = 100

local function row_of(id)
  local row = redis.call('HGET', doc, 'a:' .. id)
  if not row then return nil end
  local author, flags, mark = string.match(row, '^(%S+) %S+ (%S+) (.*)$')
  return {
    author = author,
    mark = mark,
    live = string.sub(flags, 1, 1) == '1',
    hidden = string.find(flags, 'h', 1, true) ~= nil,
    pin = string.find(flags, 'p', 1, true) ~= nil,
    answered = string.find(flags, 'a', 1, true) ~= nil,
  }
end

local function contents(row)
  if not row.live then return '0 ' end
  return '1' .. (row.hidden and 'h' or '') .. (row.pin and 'p' or '') .. ' ' .. row.mark
end

local function put(id, author, revision, kept, answered)
  local flags, mark = string.match(kept, '^(%S+) (.*)$')
  local row = {author, revision, flags .. (answered and 'a' or ''), mark}
  redis.call('HSET', doc, 'a:' .. id, table.concat(row, ' '))
end

local function is_live(kept)
  return string.sub(kept, 1, 1) == '1'
end

local function count(before, after)
  local difference = (is_live(after) and 1 or 0) - (is_live(before) and 1 or 0)
  if difference ~= 0 then redis.call('HINCRBY', meta, 'live', difference) end
  redis.call('HINCRBY', meta, 'mark_bytes', #after - #before)
end

-- R14: how many marks, and how much of them, a room can hold: {most live ones, most bytes}.
local function full(before, after, limits)
  local kept = redis.call('HMGET', meta, 'live', 'mark_bytes')
  if is_live(after) and not is_live(before) and tonumber(kept[1]) >= limits[1] then return {'LIMIT', 'marks'} end
  local grown = #after - #before
  if grown > 0 and tonumber(kept[2] or '0') + grown > limits[2] then return {'LIMIT', 'mark_bytes'} end
  return nil
end

-- A step "id hash-of-what-it-became what-it-was" on top of a list, of which the newest are kept.
local function remember(list, id, was, became)
  redis.call('LPUSH', list, id .. ' ' .. redis.sha1hex(became) .. ' ' .. was)
  redis.call('LTRIM', list, 0, STEPS - 1)
end

local function undone(by) return steps .. ':' .. by end
local function redone(by) return steps .. ':' .. by .. ':redo' end

-- Whoever may not hide any more can neither take back nor do again what he did to others' marks.
local function forget_others(list, principal)
  for _, step in ipairs(redis.call('LRANGE', list, 0, -1)) do
    local row = row_of(string.match(step, '^%S+'))
    if row.author ~= principal then redis.call('LREM', list, 1, step) end
  end
end

-- A change of a mark by hand: written, counted, and remembered as the newest step of whoever made it.
local function changing(by, id, author, was, became, answered)
  return {done = function(revision)
    put(id, author, revision, became, answered)
    count(was, became)
    remember(undone(by), id, was, became)
    redis.call('DEL', redone(by))
  end}
end

local function kept_of(asked)
  return '1' .. (asked.extra[1] == 'pin' and 'p' or '') .. ' ' .. asked.value
end

kinds['annotation.create'] = function(asked)
  if row_of(asked.target) then return {'EXISTS'} end
  local kept = kept_of(asked)
  local refusal = full('0 ', kept, asked.mark_limits)
  if refusal then return refusal end
  return nil, changing(asked.by, asked.target, asked.by, '0 ', kept, false)
end

local function own(asked)
  local row = row_of(asked.target)
  if not row or not row.live then return {'GONE'} end
  if asked.right ~= 'any' and row.author ~= asked.by then return {'NOT_OWNER'} end
  return nil, row
end

kinds['annotation.update'] = function(asked)
  local refusal, row = own(asked)
  if refusal then return refusal end
  local flags, mark = string.match(kept_of(asked), '^(%S+) (.*)$')
  local kept = '1' .. (row.hidden and 'h' or '') .. string.sub(flags, 2) .. ' ' .. mark
  refusal = full(contents(row), kept, asked.mark_limits)
  if refusal then return refusal end
  return nil, changing(asked.by, asked.target, row.author, contents(row), kept, row.answered)
end

kinds['annotation.delete'] = function(asked)
  local refusal, row = own(asked)
  if refusal then return refusal end
  return nil, changing(asked.by, asked.target, row.author, contents(row), '0 ', row.answered)
end

kinds['annotation.hide'] = function(asked)
  local refusal, row = own(asked)
  if refusal then return refusal end
  local was = contents(row)
  row.hidden = asked.value == '1'
  return nil, changing(asked.by, asked.target, row.author, was, contents(row), row.answered)
end

kinds['question.answer'] = function(asked)
  local refusal, row = own(asked)
  if refusal then return refusal end
  if not row.pin then return {'NOT_A_QUESTION'} end
  return nil, {done = function(revision)
    put(asked.target, row.author, revision, contents(row), asked.value == '1')
  end}
end

-- R33, R34: the newest step of one list back, as a step of the other.
local function revert(asked, how, from, to)
  local step = redis.call('LINDEX', from, 0)
  if not step then return {'NOTHING_TO_UNDO'} end
  local id, became, was = string.match(step, '^(%S+) (%S+) (.*)$')
  local row = row_of(id)
  local current = contents(row)
  if redis.sha1hex(current) ~= became then return {'CONFLICT'} end
  local refusal = full(current, was, asked.mark_limits)
  if refusal then return refusal end
  local flags, mark = string.match(was, '^(%S+) (.*)$')
  local hidden = string.find(flags, 'h', 1, true) and 'true' or 'false'
  local command = '{"hidden":' .. hidden .. ',"how":"' .. how .. '","id":"' .. id
    .. '","kind":"annotation.reverted","mark":' .. (is_live(was) and mark or 'null') .. '}'
  return nil, {command = command, done = function(revision)
    put(id, row.author, revision, was, row.answered)
    count(current, was)
    redis.call('LPOP', from)
    remember(to, id, current, was)
  end}
end

kinds['annotation.undo'] = function(asked)
  return revert(asked, 'undo', undone(asked.by), redone(asked.by))
end

kinds['annotation.redo'] = function(asked)
  return revert(asked, 'redo', redone(asked.by), undone(asked.by))
end
