-- Reads and writes JSON.

local json = {}

local ESCAPED = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local NAMED = { ["true"] = true, ["false"] = false }
-- Marks tables that are arrays, also empty ones.
local ARRAY = {}
local read

-- Stands for null in what json.decode(text, true) returns.
json.null = setmetatable({}, { __name = "null" })

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
  local array, count = json.array({}), 0
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

-- Marks a table as an array, so that it is written as one even if it is empty. Returns it.
function json.array(list)
  return setmetatable(list, ARRAY)
end

-- The value of a whole text. null becomes nil; with `keep`, json.null. Raises an error for any
-- other text, also for one that is half written.
function json.decode(text, keep)
  NAMED.null = keep and json.null or nil
  local value, at = read(text, 1)
  if skip(text, at) <= #text then
    fail(at)
  end
  return value
end

local function escape(letter)
  return ("\\u%04x"):format(letter:byte())
end

local function write_number(number)
  if number ~= number or math.abs(number) == math.huge then
    error(number .. " is no number of JSON", 0)
  end
  if math.type(number) == "integer" then
    return tostring(number)
  end
  local text = ("%.17g"):format(number)
  -- Lua writes the separator of the system's language.
  return (text:gsub(",", "."))
end

local function write_members(value)
  local members = {}
  if getmetatable(value) == ARRAY or value[1] ~= nil then
    for row = 1, #value do
      members[row] = json.encode(value[row])
    end
    return "[" .. table.concat(members, ",") .. "]"
  end
  for name, member in pairs(value) do
    members[#members + 1] = json.encode(tostring(name)) .. ":" .. json.encode(member)
  end
  table.sort(members)
  return "{" .. table.concat(members, ",") .. "}"
end

-- The text of a value. A table with a first item, or from json.array(), is an array. Equal values
-- give equal texts.
function json.encode(value)
  local kind = type(value)
  if value == json.null or value == nil then
    return "null"
  elseif kind == "string" then
    return '"' .. value:gsub('[%c"\\\127]', escape) .. '"'
  elseif kind == "number" then
    return write_number(value)
  elseif kind == "boolean" then
    return tostring(value)
  end
  return write_members(value)
end

return json
