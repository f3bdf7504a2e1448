-- Composes for the selected video, starting from the selected MIDI item.

local items = require("lib.items")
local json = require("lib.json")
local score = require("lib.actions.score_and_import")
local tracks = require("lib.tracks")

local SELECT = "Select the film's item and one MIDI item with your theme, then run this again"
-- Who plays a theme of which the track's name says nothing.
local USUAL = "piano"

-- The MIDI item among the selected ones, and its take.
local function chosen()
  local found, take
  for row = 0, reaper.CountSelectedMediaItems(0) - 1 do
    local item = reaper.GetSelectedMediaItem(0, row)
    local active = reaper.GetActiveTake(item)
    if active and reaper.TakeIsMIDI(active) then
      if found then
        error(SELECT, 0)
      end
      found, take = item, active
    end
  end
  if not found then
    error(SELECT, 0)
  end
  return found, take
end

-- Who plays the theme: the instrument of its track, or the one that the track's name has.
local function player(item)
  local track = reaper.GetMediaItemTrack(item)
  local own = tracks.instrument(track)
  local _, name = reaper.GetTrackName(track)
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    if not own and name:lower():find(instrument.key, 1, true) then
      own = instrument.key
    end
  end
  return own or USUAL
end

-- The theme as a request has it: times are quarter notes from its first note on.
local function theme()
  local item, take = chosen()
  local notes = items.notes(take)
  if #notes == 0 then
    error("The MIDI item with your theme has no notes; select another one", 0)
  end
  local function quarters(seconds)
    return reaper.TimeMap2_timeToQN(0, seconds)
  end
  local list, first = json.array({}), math.huge
  for _, note in ipairs(notes) do
    first = math.min(first, quarters(note.onset))
  end
  for row, note in ipairs(notes) do
    list[row] = json.array({
      quarters(note.onset) - first, quarters(note.ending) - first, note.pitch, note.velocity,
    })
  end
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local beats, unit, bpm = reaper.TimeMap_GetTimeSigAtTime(0, start)
  return {
    part = player(item),
    tempo = bpm,
    time_signature = ("%d/%d"):format(beats, unit),
    notes = list,
  }
end

return function()
  score("EMSYNC: start from my theme", function()
    return { theme = theme() }
  end)
end
