-- Composes for the selected video, and records the music in real time.

local action = require("lib.action")
local check = require("lib.check")
local compose = require("lib.compose")
local items = require("lib.items")
local pieces = require("lib.pieces")
local project = require("lib.project")
local record = require("lib.record")
local status = require("lib.status")
local task = require("lib.task")
local tracks = require("lib.tracks")

local ENABLE = "enable the emsync inputs in Preferences > MIDI Inputs"
local NOTHING = "No notes arrived; run `EMSYNC: doctor`, and " .. ENABLE
local NO_INPUT = "REAPER has no emsync input; "
  .. ENABLE
  .. " and run this again. Without a MIDI driver, see docs/reaper.md"
local NO_KEYBOARD = "No notes arrived at the virtual keyboard; "
  .. "in Preferences > Control/OSC/web add an OSC surface with the local listen port 8000"
-- How the server calls its output to REAPER's virtual keyboard.
local KEYBOARD = "virtual keyboard"

-- The notes that were recorded on the track, with their take and item.
local function recording(track)
  if not project.valid(track, "track") or reaper.CountTrackMediaItems(track) == 0 then
    return {}
  end
  local item = reaper.GetTrackMediaItem(track, 0)
  tracks.lock_to_time(item)
  local take = reaper.GetActiveTake(item)
  return items.notes(take), take, item
end

-- Compares the takes with the score, and takes the constant delay out of them.
local function compare(piece, film, added, values)
  local recorded, found, takes = {}, {}, {}
  for key, track in pairs(added) do
    local notes, take, item = recording(track)
    recorded[key] = items.moved(notes, -film.position)
    found[#found + 1] = take and { take = take, item = item }
    takes[key] = take
  end
  local result = check.compare(piece.parts, recorded)
  if result.offset then
    for _, each in ipairs(found) do
      items.shift(each.take, -result.offset)
      local from = reaper.GetMediaItemInfo_Value(each.item, "D_POSITION")
      reaper.SetMediaItemInfo_Value(each.item, "D_LENGTH", film.position + film.length - from)
    end
  end
  pieces.remember(piece, film, values.seed, takes)
  return result
end

-- The inputs of the tracks, and whether they are the virtual keyboard. Raises an error before
-- anything is composed if nothing would arrive.
local function inputs_of_tracks(run)
  run.show("Looking for the inputs", 0)
  local now = status.read()
  local output = now and now.playback.output or ""
  if output:find(KEYBOARD, 1, true) then
    return tracks.through_keyboard(), true
  end
  local inputs = tracks.inputs(task.sleep)
  if not inputs then
    error(NO_INPUT, 0)
  end
  return inputs, false
end

return function()
  action.with_server("EMSYNC: score video and record", function(run)
    local inputs, by_keyboard = inputs_of_tracks(run)
    local piece, film, values, tempo = compose.film(run)
    local added, result
    run.prepare(function()
      added = pieces.prepare(piece, film, values, tempo)
      run.finally(tracks.arm(added, inputs, values.monitor))
    end)
    record.take(piece, film, run)
    run.change(function()
      record.stop()
      result = compare(piece, film, added, values)
    end)
    if not result.offset then
      error(by_keyboard and NO_KEYBOARD or NOTHING, 0)
    end
    return check.report(result, tracks.INSTRUMENTS)
  end)
end
