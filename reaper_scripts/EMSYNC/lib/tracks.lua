-- The five tracks and their MIDI inputs.

local tracks = {}

-- The order and the channels (from 1) are those of all ports and files of EMSYNC.
tracks.INSTRUMENTS = {
  { name = "Bass", key = "bass", channel = 1 },
  { name = "Drums", key = "drums", channel = 10 },
  { name = "Guitar", key = "guitar", channel = 2 },
  { name = "Piano", key = "piano", channel = 3 },
  { name = "Strings", key = "strings", channel = 4 },
}

local KEYBOARD = 62
local ALL_CHANNELS = 0
local TIME = 0
local RESET = 1.0

-- The value of I_RECINPUT for a MIDI device and a channel from 1 (0: all).
function tracks.input(device, channel)
  return 4096 | channel | device << 5
end

-- The input of each instrument among devices of { number, name }: a device for each, or one device
-- for all. Returns nil if there is neither.
function tracks.choose(devices)
  local own, found, shared = {}, 0, nil
  for _, device in ipairs(devices) do
    local name = device.name:lower()
    if name:find("emsync", 1, true) then
      shared = shared or device.number
      for _, instrument in ipairs(tracks.INSTRUMENTS) do
        if name:find(instrument.key, 1, true) and not own[instrument.key] then
          own[instrument.key], found = tracks.input(device.number, ALL_CHANNELS), found + 1
        end
      end
    end
  end
  if found == #tracks.INSTRUMENTS then
    return own
  end
  return shared and tracks.through(shared)
end

-- The inputs of all five instruments on one device, with a channel for each.
function tracks.through(device)
  local inputs = {}
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    inputs[instrument.key] = tracks.input(device, instrument.channel)
  end
  return inputs
end

local function devices()
  local list = {}
  for number = 0, reaper.GetNumMIDIInputs() - 1 do
    local present, name = reaper.GetMIDIInputName(number, "")
    if present then
      list[#list + 1] = { number = number, name = name }
    end
  end
  return list
end

-- The I_RECINPUT of each instrument, and whether it is the virtual keyboard because no port was
-- found. sleep: function that waits for REAPER's devices.
function tracks.inputs(sleep)
  local inputs = tracks.choose(devices())
  if not inputs then
    -- REAPER finds ports that appeared after its start only after this.
    reaper.midi_reinit()
    sleep(RESET)
    inputs = tracks.choose(devices())
  end
  return inputs or tracks.through(KEYBOARD), inputs == nil
end

-- Adds five named tracks below all others, with the timebase set to time. Returns them by key.
function tracks.add()
  local added = {}
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local place = reaper.CountTracks(0)
    reaper.InsertTrackAtIndex(place, true)
    local track = reaper.GetTrack(0, place)
    reaper.GetSetMediaTrackInfo_String(track, "P_NAME", instrument.name, true)
    reaper.SetMediaTrackInfo_Value(track, "C_BEATATTACHMODE", TIME)
    added[instrument.key] = track
  end
  return added
end

-- Sets an item's timebase to time, so that changes of tempo do not move it.
function tracks.lock_to_time(item)
  reaper.SetMediaItemInfo_Value(item, "C_BEATATTACHMODE", TIME)
end

-- Arms only the five tracks, with their inputs and without monitoring. Returns a function that arms
-- the tracks that were armed before instead.
function tracks.arm(added, inputs)
  local armed = {}
  for place = 0, reaper.CountTracks(0) - 1 do
    local track = reaper.GetTrack(0, place)
    if reaper.GetMediaTrackInfo_Value(track, "I_RECARM") == 1 then
      armed[#armed + 1] = track
      reaper.SetMediaTrackInfo_Value(track, "I_RECARM", 0)
    end
  end
  for key, track in pairs(added) do
    reaper.SetMediaTrackInfo_Value(track, "I_RECINPUT", inputs[key])
    reaper.SetMediaTrackInfo_Value(track, "I_RECMODE", 0)
    reaper.SetMediaTrackInfo_Value(track, "I_RECMON", 0)
    reaper.SetMediaTrackInfo_Value(track, "I_RECARM", 1)
  end
  return function()
    for _, track in pairs(added) do
      reaper.SetMediaTrackInfo_Value(track, "I_RECARM", 0)
    end
    for _, track in ipairs(armed) do
      reaper.SetMediaTrackInfo_Value(track, "I_RECARM", 1)
    end
  end
end

return tracks
