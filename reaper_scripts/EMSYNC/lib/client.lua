-- Sends requests to the running server by `emsync client`, a separate program, so that REAPER never
-- waits.

local json = require("lib.json")
local task = require("lib.task")

local client = {}

-- In seconds: between two looks at a file, for an answer, and for a file that is half written.
local PAUSE = 0.3
local PATIENCE = 60
local HALF_WRITTEN = 2
-- Exit statuses of shells for a program that is missing or not executable.
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
  -- A digit directly before the > would be a file descriptor.
  ">%s echo %%ERRORLEVEL%%",
  "move /y %s %s >nul",
  "",
}, "\r\n")

-- A word, quoted for /bin/sh.
function client.quote_posix(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- A word, quoted for a .cmd file and then for the arguments of a C program.
function client.quote_windows(word)
  if word:find('["\r\n]') then
    error(word .. ": has a quotation mark or a line break in its name; rename it", 0)
  end
  return '"' .. word:gsub("\\+$", "%0%0"):gsub("%%", "%%%%") .. '"'
end

-- The shell script that sends a request. The answer goes to `base`.json and errors to `base`.err.
-- Once both are written, the exit status goes to `base`.status.
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

-- The content of a file, or nil.
function client.content(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local content = file:read("a")
  file:close()
  return content
end

-- The folder of these scripts' files, created if missing.
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
    error(path .. ": can't be written; check its permissions and the free space", 0)
  end
  file:write(text)
  file:close()
  reaper.ExecProcess((windows and 'cmd.exe /s /c ""%s""' or '/bin/sh "%s"'):format(path), -2)
  return base, path
end

-- The answer of the program and its exit status; nil for each that did not come in time.
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

-- The answer; nil and true if the program is missing.
local function exchange(words, patience)
  local base, path = start(words)
  local answer, status = await(base, patience)
  local errors = client.content(base .. ".err") or ""
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
  local line = errors:match("emsync: ([^\r\n]+)%s*$") or errors:match("([^\r\n]+)%s*$")
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

-- The server's answer to `emsync client WORDS`; to be called in a task. patience: seconds to wait
-- (default 60). Raises an error, one sentence, if no answer comes.
function client.ask(words, patience)
  while true do
    local answer, missing = exchange(words, patience or PATIENCE)
    if not missing then
      return answer
    end
    ask_for_program()
  end
end

-- Sends a request to the server and does not wait for its answer.
function client.send(words)
  task.run(function()
    exchange(words, PATIENCE)
  end, function() end)
end

return client
