-- @description EMSYNC: compose for the selected video and record it on five tracks
-- @author EMSYNC Bridge
-- @version 0.1.0
-- @changelog The first version
-- @provides
--   [main] emsync_Import stems.lua
--   [nomain] lib/*.lua
-- @about
--   Select a video item and run this. The server (`emsync serve`) watches the film and composes
--   for it; the music is recorded on five new tracks, and each take is compared with the score.
--   `emsync_Import stems` does the same without playing.

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

local NOTHING = "Nothing arrived; run `emsync doctor` in a terminal, and "
local ENABLE = "enable the emsync inputs in Preferences > MIDI Inputs"
local KEYBOARD = "REAPER has no emsync input: "
  .. ENABLE
  .. ", or start `emsync serve --backend vkb`"

-- What was recorded on the track, and its take.
local function recorded(track)
  if reaper.CountTrackMediaItems(track) == 0 then
    return {}
  end
  local item = reaper.GetTrackMediaItem(track, 0)
  tracks.hold(item)
  local take = reaper.GetActiveTake(item)
  return items.notes(take), take, item
end

local function compare(piece, shown, added)
  local heard, takes = {}, {}
  for key, track in pairs(added) do
    local take, item
    heard[key], take, item = recorded(track)
    takes[#takes + 1] = take and { take = take, item = item }
    heard[key] = items.moved(heard[key], -shown.position)
  end
  local result = check.compare(piece.parts, heard)
  if result.offset then
    for _, each in ipairs(takes) do
      items.shift(each.take, -result.offset)
      local from = reaper.GetMediaItemInfo_Value(each.item, "D_POSITION")
      reaper.SetMediaItemInfo_Value(each.item, "D_LENGTH", shown.position + shown.length - from)
    end
  end
  return result
end

action.run("EMSYNC: score video and record", function(run)
  local chosen = film.selected()
  local piece = compose.piece(chosen, run)
  local tempo = markers.may_write_tempo()
  local inputs, by_keyboard = tracks.inputs(task.sleep)
  local shown = film.still(chosen)
  run.begin()
  local added
  action.quietly(function()
    tracks.hold(shown.item)
    if tempo then
      markers.write_tempo(piece, shown)
    end
    markers.write_cuts(piece, shown)
    added = tracks.add()
    run.finally(tracks.arm(added, inputs))
  end)
  record.take(piece, shown, run)
  local result
  action.quietly(function()
    result = compare(piece, shown, added)
  end)
  if not result.offset then
    error(NOTHING .. (by_keyboard and KEYBOARD or ENABLE), 0)
  end
  return check.report(result, tracks.INSTRUMENTS)
end)
