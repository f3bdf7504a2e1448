-- Makes sure that a server runs, and that its version is that of these scripts.

local client = require("lib.client")
local process = require("lib.process")
local status = require("lib.status")
local task = require("lib.task")
local version = require("lib.version")

local server = {}

-- A server that these scripts start ends by itself after this time without use, in minutes.
local IDLE = "60"
-- In seconds: how long a server may take to start, and between two looks.
local STARTING, PAUSE = 60, 0.25
local UNINSTALLED = "from a source tree"

local function minor(text)
  return text:match("^%d+%.%d+")
end

-- The sentence for versions that don't fit, or nil. program, running: of emsync and of the server.
function server.mismatch(program, running)
  if program ~= UNINSTALLED and minor(program) ~= minor(version) then
    return ("These scripts are version %s and emsync is version %s; update the older one"):format(
      version, program
    ) .. " (`emsync reaper install` writes emsync's own scripts)"
  elseif running and running ~= program then
    return ("A server of version %s runs, but emsync is version %s; "):format(running, program)
      .. "end that server (EMSYNC: settings, or close its terminal), then run this again"
  end
  return nil
end

local function hello()
  local fine, answer = pcall(client.ask, { "hello" })
  if fine then
    return answer
  elseif answer:find("invalid choice", 1, true) then
    error("This emsync is older than these scripts (" .. version .. "); update emsync", 0)
  end
  error(answer, 0)
end

local function start(show)
  local before = status.read()
  local words = { client.program(), "serve", "--exit-when-idle", IDLE }
  for word in reaper.GetExtState("EMSYNC", "serve"):gmatch("%S+") do
    words[#words + 1] = word
  end
  local ended = process.start(words)
  local latest = reaper.time_precise() + STARTING
  while status.read() == before do
    show("Starting emsync serve", 0)
    local exit, problem = ended()
    if exit then
      error("The server did not start: " .. (problem or "it ended with status " .. exit), 0)
    elseif reaper.time_precise() > latest then
      error("The server did not start within a minute; run `emsync serve` in a terminal", 0)
    end
    task.sleep(PAUSE)
  end
end

-- Returns once a server runs; starts one where none does. To be called in a task. It stops no
-- server: one that it started ends when nobody uses it. show: as in lib.window. Raises an error,
-- one sentence, if there is none or if versions don't fit.
function server.ensure(show)
  show("Looking for the server", 0)
  local answer = hello()
  local problem = server.mismatch(answer.version, answer.server and answer.server.version)
  if problem then
    error(problem, 0)
  end
  status.follow(answer.status)
  if not answer.server then
    start(show)
  end
end

return server
