-- Records the piece in real time: the server plays, and REAPER records.

local client = require("lib.client")
local project = require("lib.project")
local status = require("lib.status")
local task = require("lib.task")
local tracks = require("lib.tracks")

local record = {}

local RECORDING = 4
local NORMAL, SELECTED_ITEMS, TIME_SELECTION = 40252, 40253, 40076
local SUSTAIN_PEDAL, ALL_NOTES_OFF, ALL_SOUND_OFF = 64, 123, 120
local SEND_ALL_NOTES_OFF = 40345
-- Stop, and save what was recorded without asking.
local STOP_AND_SAVE = 40667
-- The metronome, with which count-in comes and goes, and pre-roll before recording.
local METRONOME_ON, METRONOME, METRONOME_OFF = 41745, 40364, 41746
local PRE_ROLL = 41819
local VIRTUAL_KEYBOARD = 0
-- In seconds: how long REAPER may take to start recording, and the server to answer.
local STARTING, HEARTBEAT = 5, 10
-- In seconds: between two looks at the server's state, and for the last notes to arrive.
local POLL_INTERVAL, TAIL = 0.25, 0.5
local ON = 1

local function recording()
  return reaper.GetPlayState() & RECORDING ~= 0
end

-- Ends all notes that are still active on the tracks.
function record.silence()
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local control = 0xB0 | instrument.channel - 1
    reaper.StuffMIDIMessage(VIRTUAL_KEYBOARD, control, SUSTAIN_PEDAL, 0)
    reaper.StuffMIDIMessage(VIRTUAL_KEYBOARD, control, ALL_NOTES_OFF, 0)
    reaper.StuffMIDIMessage(VIRTUAL_KEYBOARD, control, ALL_SOUND_OFF, 0)
  end
  reaper.Main_OnCommand(SEND_ALL_NOTES_OFF, 0)
end

-- Prepares REAPER to record all its inputs from the cursor on, without a loop, count-in or
-- pre-roll, at rate 1. Returns a function that restores its settings.
local function prepare()
  local rate = reaper.Master_GetPlayRate(0)
  local loops = reaper.GetSetRepeatEx(0, -1)
  local metronome = reaper.GetToggleCommandState(METRONOME) == ON
  local pre_roll = reaper.GetToggleCommandState(PRE_ROLL) == ON
  local keep = project.keep_selection()
  local mode
  for _, punch in ipairs({ SELECTED_ITEMS, TIME_SELECTION }) do
    mode = reaper.GetToggleCommandState(punch) == ON and punch or mode
  end
  reaper.CSurf_OnPlayRateChange(1)
  reaper.GetSetRepeatEx(0, 0)
  reaper.Main_OnCommand(NORMAL, 0)
  if metronome then
    reaper.Main_OnCommand(METRONOME_OFF, 0)
  end
  if pre_roll then
    reaper.Main_OnCommand(PRE_ROLL, 0)
  end
  return function()
    reaper.CSurf_OnPlayRateChange(rate)
    reaper.GetSetRepeatEx(0, loops)
    if mode then
      reaper.Main_OnCommand(mode, 0)
    end
    if metronome then
      reaper.Main_OnCommand(METRONOME_ON, 0)
    end
    if pre_roll then
      reaper.Main_OnCommand(PRE_ROLL, 0)
    end
    keep()
  end
end

-- Stops the transport, and keeps what was recorded.
function record.stop()
  reaper.Main_OnCommand(STOP_AND_SAVE, 0)
end

-- Ends notes if the server does not answer while it plays.
local function watched(look)
  local fine, answer = pcall(look)
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
  local state = watched(function()
    return client.ask({ "play", piece.job, "--from", "0" }, HEARTBEAT)
  end)
  -- What the server wrote before it played is old.
  local count = status.count()
  local latest = film.position + film.length + HEARTBEAT + STARTING
  while state.state == "playing" and reaper.GetPlayPosition() < latest do
    show("Recording", math.min(state.seconds / film.length, 1))
    task.sleep(POLL_INTERVAL)
    if not recording() then
      error("Recording was stopped before the film's end; undo, then run this again", 0)
    end
    state = watched(function()
      return status.playback(count)
    end) or state
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

-- Records the piece from the film's start to its end on the armed tracks. REAPER still records when
-- it returns; record.stop() ends that. run: of the action, as in lib.action; when the action ends,
-- it restores REAPER's settings.
function record.take(piece, film, run)
  -- Ends a loop of the server, which would never stop. It also shows whether the server answers,
  -- before REAPER records.
  client.ask({ "loop" })
  if reaper.GetPlayState() ~= 0 then
    record.stop()
  end
  run.finally(prepare())
  local ended = false
  run.finally(function()
    if not ended then
      client.send({ "stop" })
    end
    if reaper.GetPlayState() ~= 0 then
      record.stop()
    end
  end)
  reaper.SetEditCurPos(film.position, true, false)
  perform(piece, film, run.show)
  ended = true
end

return record
