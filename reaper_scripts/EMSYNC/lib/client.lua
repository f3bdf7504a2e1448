-- Asks the running server by `emsync client`, a program beside REAPER, so that REAPER never waits.

local json = require("lib.json")
local task = require("lib.task")

local client = {}

local PAUSE = 0.3
local PATIENCE = 60
local HALF_WRITTEN = 2
local NOT_FOUND = { [126] = true, [127] = true, [9009] = true }

-- REAPER does not always have the search path of a shell.
local POSIX = [[
PATH="$PATH:/usr/local/bin:/opt/homebrew/bin:$HOME/.local/bin"
export PYTHONIOENCODING=utf-8
%s >%s 2>%s
echo $? >%s
mv -f %s %s
]]
local WINDOWS = table.concat({
  "@echo off",
  "chcp 65001 >nul",
  "set PYTHONIOENCODING=utf-8",
  "%s >%s 2>%s",
  -- The digit must not stand before the >, where it would name what is redirected.
  ">%s echo %%ERRORLEVEL%%",
  "move /y %s %s >nul",
  "",
}, "\r\n")

-- A word as /bin/sh takes it.
function client.quote_posix(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- A word as a .cmd file and then a C program take it.
function client.quote_windows(word)
  if word:find('["\r\n]') then
    error(word .. ": has a quotation mark or a line break in its name; rename it", 0)
  end
  return '"' .. word:gsub("\\+$", "%0%0"):gsub("%%", "%%%%") .. '"'
end

-- The shell script that asks: the answer goes to `base`.json, complaints to `base`.err, and, once
-- both are written, the exit status to `base`.status.
function client.script(windows, words, base)
  local quote = windows and client.quote_windows or client.quote_posix
  local quoted = {}
  for row, word in ipairs(words) do
    quoted[row] = quote(word)
  end
  local part, status = quote(base .. ".part"), quote(base .. ".status")
  return (windows and WINDOWS or POSIX):format(
    table.concat(quoted, " "),
    quote(base .. ".json"),
    quote(base .. ".err"),
    part,
    part,
    status
  )
end

-- What is in the file, or nil.
function client.content(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local content = file:read("a")
  file:close()
  return content
end

-- Where these scripts keep their things; made where needed.
function client.folder()
  local folder = reaper.GetResourcePath() .. "/Data/EMSYNC"
  reaper.RecursiveCreateDirectory(folder, 0)
  return folder
end

local function program()
  local chosen = reaper.GetExtState("EMSYNC", "program")
  return chosen ~= "" and chosen or "emsync"
end

local function start(words)
  local windows = reaper.GetOS():find("^Win") ~= nil
  local base = client.folder() .. "/" .. reaper.genGuid(""):gsub("[{}]", "")
  local path = base .. (windows and ".cmd" or ".sh")
  if windows then
    base, path = base:gsub("/", "\\"), path:gsub("/", "\\")
  end
  local text = client.script(windows, { program(), "client", table.unpack(words) }, base)
  local file = io.open(path, "wb")
  if not file then
    error(path .. ": can't be written; make room there, or give yourself the right to", 0)
  end
  file:write(text)
  file:close()
  reaper.ExecProcess((windows and 'cmd.exe /s /c ""%s""' or '/bin/sh "%s"'):format(path), -2)
  return base, path
end

-- What the program answered and with which status; nil for what did not come in time.
local function await(base, patience)
  local status = task.wait(function()
    return tonumber(client.content(base .. ".status") or "")
  end, patience, PAUSE)
  if status ~= 0 then
    return nil, status
  end
  local answer = task.wait(function()
    local fine, value = pcall(json.decode, client.content(base .. ".json") or "")
    return fine and value
  end, HALF_WRITTEN, PAUSE)
  return answer, answer and 0
end

-- The answer; nil and true where the program is missing.
local function exchange(words, patience)
  local base, path = start(words)
  local answer, status = await(base, patience)
  local complaint = client.content(base .. ".err") or ""
  for _, name in ipairs({ path, base .. ".json", base .. ".err", base .. ".status" }) do
    os.remove(name)
  end
  if status == 0 then
    return answer
  elseif not status then
    error("emsync client gave no answer; run `emsync doctor` in a terminal to see why", 0)
  elseif NOT_FOUND[status] then
    return nil, true
  end
  local line = complaint:match("emsync: ([^\r\n]+)%s*$") or complaint:match("([^\r\n]+)%s*$")
  error(line or ("emsync client ended with status " .. status .. "; run `emsync doctor`"), 0)
end

local function ask_for_program()
  local given, path = reaper.GetUserInputs(
    "EMSYNC: the emsync program was not found",
    1,
    "Its full path,extrawidth=320,separator=\n",
    program()
  )
  if not given or path == "" then
    error(
      "The emsync program was not found; install it (pip install emsync-bridge[cpu]), "
        .. "or run this again and give its full path",
      0
    )
  end
  reaper.SetExtState("EMSYNC", "program", path, true)
end

-- The server's answer to `emsync client WORDS`, waited for in a task. patience: seconds to wait
-- (default 60). Raises an error, a sentence, where there is none.
function client.ask(words, patience)
  while true do
    local answer, missing = exchange(words, patience or PATIENCE)
    if not missing then
      return answer
    end
    ask_for_program()
  end
end

-- Says something to the server without waiting for its answer.
function client.tell(words)
  task.run(function()
    exchange(words, PATIENCE)
  end, function() end)
end

return client
