-- What the server does now, by the file that it writes. Looking at it costs no process.

local client = require("lib.client")
local files = require("lib.files")
local json = require("lib.json")

local status = {}

-- Seconds without a change after which a busy server is asked whether it still runs.
local HEARTBEAT = 10

local path
local seen = { since = 0 }

-- The file to look at.
function status.follow(file)
  path, seen = file, { since = reaper.time_precise() }
end

-- The content of the file, or nil; see docs/server.md.
function status.read()
  local text = path and files.content(path)
  if text and text ~= seen.text then
    local fine, value = pcall(json.decode, text)
    if fine then
      seen = { text = text, value = value, since = reaper.time_precise() }
    end
  end
  return seen.value
end

local function silent()
  return reaper.time_precise() - seen.since >= HEARTBEAT
end

local function asked(words)
  seen.since = reaper.time_precise()
  return client.ask(words, HEARTBEAT)
end

-- The job as it is now, or nil if nothing is known yet. Raises an error if the server is gone.
function status.job(id)
  local now = status.read()
  if silent() then
    return asked({ "status", id })
  end
  for _, job in ipairs(now and now.jobs or {}) do
    if job.id == id then
      return job
    end
  end
  return nil
end

-- The state of playback, as in `GET /state`, or nil if nothing newer than `count` is known.
-- Raises an error if the server is gone.
function status.playback(count)
  local now = status.read()
  if silent() then
    return asked({ "status" })
  end
  return now and now.count > count and now.playback or nil
end

-- The number of the latest content; 0 without any.
function status.count()
  local now = status.read()
  return now and now.count or 0
end

return status
