-- The five tracks and their MIDI inputs.

local project = require("lib.project")

local tracks = {}

-- The order and the channels (from 1) are those of all ports and files of EMSYNC, the colours those
-- of score.svg.
tracks.INSTRUMENTS = {
  { name = "Bass", key = "bass", channel = 1, colour = { 0, 114, 178 } },
  { name = "Drums", key = "drums", channel = 10, colour = { 179, 78, 0 } },
  { name = "Guitar", key = "guitar", channel = 2, colour = { 0, 127, 95 } },
  { name = "Piano", key = "piano", channel = 3, colour = { 168, 70, 126 } },
  { name = "Strings", key = "strings", channel = 4, colour = { 176, 125, 0 } },
}

local KEYBOARD = 62
local ALL_CHANNELS = 0
local TIME = 0
local RESET = 1.0
local ADD = -1
-- Where a track says which instrument it is; it is saved with the project.
local OWNER = "P_EXT:emsync"

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

-- The inputs of all five instruments on REAPER's virtual keyboard.
function tracks.through_keyboard()
  return tracks.through(KEYBOARD)
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

-- The I_RECINPUT of each instrument, or nil if there is no port. sleep: function that waits for
-- REAPER's devices.
function tracks.inputs(sleep)
  local inputs = tracks.choose(devices())
  if not inputs then
    -- REAPER finds ports that appeared after its start only after this.
    reaper.midi_reinit()
    sleep(RESET)
    inputs = tracks.choose(devices())
  end
  return inputs
end

local function name(track, text)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", text, true)
end

-- Adds a track below all others, with the timebase set to time.
local function insert()
  local place = reaper.CountTracks(0)
  reaper.InsertTrackAtIndex(place, true)
  local track = reaper.GetTrack(0, place)
  reaper.SetMediaTrackInfo_Value(track, "C_BEATATTACHMODE", TIME)
  return track
end

-- The user's track template for an instrument, or nil if there is none.
local function template(instrument)
  local path = ("%s/TrackTemplates/EMSYNC %s.RTrackTemplate"):format(
    reaper.GetResourcePath(), instrument.name
  )
  return reaper.file_exists(path) and path or nil
end

-- Adds the tracks of the user's template, and returns the first.
local function insert_template(path)
  local place = reaper.CountTracks(0)
  reaper.Main_openProject(path)
  local track = reaper.CountTracks(0) > place and reaper.GetTrack(0, place) or insert()
  reaper.SetMediaTrackInfo_Value(track, "C_BEATATTACHMODE", TIME)
  return track
end

-- The track of an instrument. sound: as in lib.settings.
local function with_sound(instrument, sound)
  local path = sound == "template" and template(instrument)
  if path then
    return insert_template(path)
  end
  local track = insert()
  if sound ~= "none" then
    reaper.TrackFX_AddByName(track, "ReaSynth", false, ADD)
  end
  return track
end

-- Adds five named and coloured tracks below all others, in a folder if wanted. Returns them by key.
-- wanted: `folder` and `sound`, as in lib.settings. Without a template of its own, an instrument
-- gets ReaSynth.
function tracks.add(wanted)
  local added, last = {}, nil
  local keep = project.keep_selection()
  if wanted.folder then
    local folder = insert()
    name(folder, "EMSYNC")
    reaper.SetMediaTrackInfo_Value(folder, "I_FOLDERDEPTH", 1)
  end
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local track = with_sound(instrument, wanted.sound)
    name(track, instrument.name)
    reaper.SetTrackColor(track, reaper.ColorToNative(table.unpack(instrument.colour)))
    reaper.GetSetMediaTrackInfo_String(track, OWNER, instrument.key, true)
    added[instrument.key], last = track, track
  end
  if wanted.folder then
    reaper.SetMediaTrackInfo_Value(last, "I_FOLDERDEPTH", -1)
  end
  keep()
  return added
end

-- The instrument of a track that tracks.add() added, as its key, or nil.
function tracks.instrument(track)
  local known, key = reaper.GetSetMediaTrackInfo_String(track, OWNER, "", false)
  return known and key ~= "" and key or nil
end

-- Adds a track with a sound file, from `position` on.
function tracks.add_sound(path, position)
  local track = insert()
  name(track, "EMSYNC preview")
  local item = reaper.AddMediaItemToTrack(track)
  local take = reaper.AddTakeToMediaItem(item)
  local source = reaper.PCM_Source_CreateFromFile(path)
  reaper.SetMediaItemTake_Source(take, source)
  reaper.SetMediaItemInfo_Value(item, "D_POSITION", position)
  reaper.SetMediaItemInfo_Value(item, "D_LENGTH", (reaper.GetMediaSourceLength(source)))
  tracks.lock_to_time(item)
end

-- Sets an item's timebase to time, so that changes of tempo do not move it.
function tracks.lock_to_time(item)
  reaper.SetMediaItemInfo_Value(item, "C_BEATATTACHMODE", TIME)
end

-- Arms only the five tracks, with their inputs. monitor: whether they sound meanwhile. Returns a
-- function that disarms them and arms the tracks that were armed before.
function tracks.arm(added, inputs, monitor)
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
    reaper.SetMediaTrackInfo_Value(track, "I_RECMON", monitor and 1 or 0)
    reaper.SetMediaTrackInfo_Value(track, "I_RECARM", 1)
  end
  local function set(track, value)
    if project.valid(track, "track") then
      reaper.SetMediaTrackInfo_Value(track, "I_RECARM", value)
    end
  end
  return function()
    for _, track in pairs(added) do
      set(track, 0)
    end
    for _, track in ipairs(armed) do
      set(track, 1)
    end
  end
end

return tracks
