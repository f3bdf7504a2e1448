-- Reads JSON. null becomes nil.

local json = {}

local ESCAPED = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local NAMED = { ["true"] = true, ["false"] = false }
local read

local function fail(at)
  error("not JSON at byte " .. at, 0)
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

-- The code of an escape after \u. A code above U+FFFF has two escapes.
local function read_code(text, at)
  local code = tonumber(text:match("^%x%x%x%x", at) or fail(at), 16)
  at = at + 4
  local second = tonumber(text:match("^\\u([dD][c-fC-F]%x%x)", at) or "0", 16)
  if code >= 0xD800 and code < 0xDC00 and second > 0 then
    return 0x10000 + (code - 0xD800) * 0x400 + second - 0xDC00, at + 6
  end
  return (code >= 0xD800 and code < 0xE000) and 0xFFFD or code, at
end

local function read_string(text, at)
  local parts = {}
  while true do
    local plain, mark = text:match('^([^"\\]*)(["\\])', at)
    if not plain then
      fail(at)
    end
    parts[#parts + 1] = plain
    at = at + #plain + 1
    if mark == '"' then
      return table.concat(parts), at
    end
    local letter = text:sub(at, at)
    if letter == "u" then
      local code
      code, at = read_code(text, at + 1)
      parts[#parts + 1] = utf8.char(code)
    elseif letter ~= "" and ('"\\/bfnrt'):find(letter, 1, true) then
      parts[#parts + 1] = ESCAPED[letter] or letter
      at = at + 1
    else
      fail(at)
    end
  end
end

-- Reads the members between brackets. member(at) reads one and returns where it ends.
local function read_members(text, at, bracket, member)
  at = skip(text, at + 1)
  if text:sub(at, at) == bracket then
    return at + 1
  end
  while true do
    at = skip(text, member(at))
    local mark = text:sub(at, at)
    if mark == bracket then
      return at + 1
    elseif mark ~= "," then
      fail(at)
    end
    at = skip(text, at + 1)
  end
end

local function read_object(text, at)
  local object = {}
  at = read_members(text, at, "}", function(here)
    if text:sub(here, here) ~= '"' then
      fail(here)
    end
    local name
    name, here = read_string(text, here + 1)
    here = skip(text, here)
    if text:sub(here, here) ~= ":" then
      fail(here)
    end
    object[name], here = read(text, here + 1)
    return here
  end)
  return object, at
end

local function read_array(text, at)
  local array, count = {}, 0
  at = read_members(text, at, "]", function(here)
    count = count + 1
    array[count], here = read(text, here)
    return here
  end)
  return array, at
end

function read(text, at)
  at = skip(text, at)
  local first = text:sub(at, at)
  if first == "{" then
    return read_object(text, at)
  elseif first == "[" then
    return read_array(text, at)
  elseif first == '"' then
    return read_string(text, at + 1)
  end
  local word = text:match("^[%w+.-]+", at) or fail(at)
  if NAMED[word] == nil and word ~= "null" then
    return word:find("^-?%d") and tonumber(word) or fail(at), at + #word
  end
  return NAMED[word], at + #word
end

-- The value of a whole text. Raises an error for any other text, also for one that is half written.
function json.decode(text)
  local value, at = read(text, 1)
  if skip(text, at) <= #text then
    fail(at)
  end
  return value
end

return json
