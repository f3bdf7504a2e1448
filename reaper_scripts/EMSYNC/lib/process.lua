-- Runs other programs, so that REAPER never waits.

local files = require("lib.files")
local json = require("lib.json")
local shell = require("lib.shell")
local task = require("lib.task")

local process = {}

-- In seconds: between two looks at a file, and for a file that is half written.
local PAUSE = 0.1
local HALF_WRITTEN = 2
-- Exit statuses of shells for a program that is missing or not executable.
local NOT_FOUND = { [126] = true, [127] = true, [9009] = true }
local ENDINGS = { ".sh", ".cmd", ".ps1", ".json", ".err", ".out", ".status" }

local function execute(ending, text, base)
  local windows = files.windows()
  local path = files.native(base .. ending)
  files.write(path, text)
  local command = '/bin/sh "%s"'
  if ending == ".ps1" then
    command = 'powershell.exe -NoProfile -ExecutionPolicy Bypass -WindowStyle Hidden -File "%s"'
  elseif windows then
    command = 'cmd.exe /s /c ""%s""'
  end
  reaper.ExecProcess(command:format(path), -2)
end

local function remove(base)
  for _, ending in ipairs(ENDINGS) do
    os.remove(base .. ending)
  end
end

local function last_line(text)
  return text:match("emsync: ([^\r\n]+)%s*$") or text:match("([^\r\n]+)%s*$")
end

-- Whether an exit status says that the program was not found.
function process.missing(status)
  return NOT_FOUND[status] or false
end

-- Runs a program and waits for its end; to be called in a task. Returns its exit status (nil if
-- that does not come within `patience` seconds), what it printed as JSON (nil if it is none), the
-- last line of its errors (or nil), and what it printed as text.
function process.run(words, patience)
  local base = files.temporary()
  local windows = files.windows()
  execute(windows and ".cmd" or ".sh", shell.script(windows, words, files.native(base)), base)
  local status = task.wait(function()
    return tonumber(files.content(base .. ".status") or "")
  end, patience, PAUSE)
  local value
  if status == 0 then
    value = task.wait(function()
      local fine, decoded = pcall(json.decode, files.content(base .. ".json") or "")
      return fine and decoded
    end, HALF_WRITTEN, PAUSE)
  end
  local errors = last_line(files.content(base .. ".err") or "")
  local text = files.content(base .. ".json") or ""
  if status then
    remove(base)
  end
  return status, value or nil, errors, text
end

-- Starts a program that goes on when REAPER quits. Returns a function that gives its exit status
-- and the last line of its errors, or nil while it runs; and one that removes its files.
function process.start(words)
  local base = files.folder() .. "/serve"
  remove(base)
  local windows = files.windows()
  execute(
    windows and ".ps1" or ".sh", shell.start_script(windows, words, files.native(base)), base
  )
  return function()
    local status = tonumber(files.content(base .. ".status") or "")
    return status, status and last_line(files.content(base .. ".err") or "")
  end
end

return process
