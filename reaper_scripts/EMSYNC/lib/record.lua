-- Records the piece in real time: the server plays, and REAPER records.

local client = require("lib.client")
local task = require("lib.task")
local tracks = require("lib.tracks")

local record = {}

local RECORDING = 4
local NORMAL, SELECTED_ITEMS, TIME_SELECTION = 40252, 40253, 40076
local ALL_NOTES_OFF, ALL_SOUND_OFF = 123, 120
local SEND_ALL_NOTES_OFF = 40345
local VIRTUAL_KEYBOARD = 0
-- In seconds: how long REAPER may take to start recording, and the server to answer.
local STARTING, HEARTBEAT = 5, 10
-- In seconds: between two requests for the server's state, and for the last notes to arrive.
local POLL_INTERVAL, TAIL = 1, 0.5

local function recording()
  return reaper.GetPlayState() & RECORDING ~= 0
end

-- Ends all notes that are still active on the tracks.
function record.silence()
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local status = 0xB0 | instrument.channel - 1
    reaper.StuffMIDIMessage(VIRTUAL_KEYBOARD, status, ALL_NOTES_OFF, 0)
    reaper.StuffMIDIMessage(VIRTUAL_KEYBOARD, status, ALL_SOUND_OFF, 0)
  end
  reaper.Main_OnCommand(SEND_ALL_NOTES_OFF, 0)
end

-- Prepares REAPER to record all its inputs from the cursor on, without a loop. Returns a function
-- that restores its settings.
local function prepare()
  if math.abs(reaper.Master_GetPlayRate(0) - 1) > 1e-6 then
    error("The project's play rate is not 1.0; reset it, then run this again", 0)
  end
  local loops = reaper.GetSetRepeatEx(0, -1)
  local mode
  for _, punch in ipairs({ SELECTED_ITEMS, TIME_SELECTION }) do
    mode = reaper.GetToggleCommandState(punch) == 1 and punch or mode
  end
  reaper.GetSetRepeatEx(0, 0)
  reaper.Main_OnCommand(NORMAL, 0)
  return function()
    reaper.GetSetRepeatEx(0, loops)
    if mode then
      reaper.Main_OnCommand(mode, 0)
    end
  end
end

local function status(words)
  local fine, answer = pcall(client.ask, words, HEARTBEAT)
  if not fine then
    record.silence()
    error("The server does not answer while it plays (" .. answer .. ")", 0)
  end
  return answer
end

local function perform(piece, film, show)
  reaper.CSurf_OnRecord()
  if not task.wait(recording, STARTING, 0) then
    error("REAPER did not start to record; save the project, and see Preferences > Audio", 0)
  end
  local state = status({ "play", piece.job, "--from", "0" })
  local latest = film.position + film.length + HEARTBEAT + STARTING
  while state.state == "playing" and reaper.GetPlayPosition() < latest do
    show("Recording", math.min(state.seconds / film.length, 1))
    task.sleep(POLL_INTERVAL)
    if not recording() then
      error("Recording was stopped before the film's end; undo, then run this again", 0)
    end
    state = status({ "status" })
  end
  if state.fault then
    error("Playing stopped: " .. state.fault, 0)
  elseif state.job ~= piece.job or state.seconds < state.duration - TAIL then
    error("The server played something else instead; undo, then run this again", 0)
  end
  task.wait(function()
    return reaper.GetPlayPosition() >= film.position + film.length
  end, film.length, 0)
  task.sleep(TAIL)
end

-- Records the piece from the film's start to its end on the armed tracks. run: of the action, as in
-- lib.action; when the action ends, it restores REAPER's settings.
function record.take(piece, film, run)
  -- Ends a loop of the server, which would never stop. It also shows whether the server answers,
  -- before REAPER records.
  client.ask({ "loop" })
  run.finally(prepare())
  if reaper.GetPlayState() ~= 0 then
    reaper.CSurf_OnStop()
  end
  local ended = false
  run.finally(function()
    if not ended then
      client.send({ "stop" })
      reaper.CSurf_OnStop()
    end
  end)
  reaper.SetEditCurPos(film.position, true, false)
  perform(piece, film, run.show)
  ended = true
  reaper.CSurf_OnStop()
end

return record
