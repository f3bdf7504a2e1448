-- @description EMSYNC: compose for the selected video and record it on five tracks
-- @author EMSYNC Bridge
-- @version 0.1.0
-- @changelog The first version
-- @provides
--   [main] emsync_Import stems.lua
--   [nomain] lib/*.lua
-- @about
--   Select a video item and run this action. The server (`emsync serve`) analyzes the film and
--   composes for it. REAPER records the music on five new tracks, and each take is compared with
--   the score. `emsync_Import stems` imports the music without playing it.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

local action = require("lib.action")
local check = require("lib.check")
local compose = require("lib.compose")
local film = require("lib.film")
local items = require("lib.items")
local markers = require("lib.markers")
local record = require("lib.record")
local task = require("lib.task")
local tracks = require("lib.tracks")

local NOTHING = "No notes arrived; run `emsync doctor` in a terminal, and "
local ENABLE = "enable the emsync inputs in Preferences > MIDI Inputs"
local KEYBOARD = "REAPER has no emsync input: "
  .. ENABLE
  .. ", or start `emsync serve --backend vkb`"

-- The notes that were recorded on the track, with their take and item.
local function recording(track)
  if reaper.CountTrackMediaItems(track) == 0 then
    return {}
  end
  local item = reaper.GetTrackMediaItem(track, 0)
  tracks.lock_to_time(item)
  local take = reaper.GetActiveTake(item)
  return items.notes(take), take, item
end

local function compare(piece, current, added)
  local recorded, takes = {}, {}
  for key, track in pairs(added) do
    local take, item
    recorded[key], take, item = recording(track)
    takes[#takes + 1] = take and { take = take, item = item }
    recorded[key] = items.moved(recorded[key], -current.position)
  end
  local result = check.compare(piece.parts, recorded)
  if result.offset then
    for _, each in ipairs(takes) do
      items.shift(each.take, -result.offset)
      local from = reaper.GetMediaItemInfo_Value(each.item, "D_POSITION")
      reaper.SetMediaItemInfo_Value(each.item, "D_LENGTH", current.position + current.length - from)
    end
  end
  return result
end

action.run("EMSYNC: score video and record", function(run)
  local chosen = film.selected()
  local piece = compose.piece(chosen, run)
  local tempo = markers.may_write_tempo()
  local inputs, by_keyboard = tracks.inputs(task.sleep)
  local current = film.recheck(chosen)
  run.begin()
  local added
  action.quietly(function()
    tracks.lock_to_time(current.item)
    if tempo then
      markers.write_tempo(piece, current)
    end
    markers.write_cuts(piece, current)
    added = tracks.add()
    run.finally(tracks.arm(added, inputs))
  end)
  record.take(piece, current, run)
  local result
  action.quietly(function()
    result = compare(piece, current, added)
  end)
  if not result.offset then
    error(NOTHING .. (by_keyboard and KEYBOARD or ENABLE), 0)
  end
  return check.report(result, tracks.INSTRUMENTS)
end)
