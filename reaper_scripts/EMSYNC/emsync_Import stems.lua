-- @noindex
-- Composes for the selected video and imports the music on five tracks, without playing it.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

local action = require("lib.action")
local compose = require("lib.compose")
local film = require("lib.film")
local items = require("lib.items")
local markers = require("lib.markers")
local tracks = require("lib.tracks")

action.run("EMSYNC: import stems", function(run)
  local chosen = film.selected()
  local piece = compose.piece(chosen, run)
  local tempo = markers.may_write_tempo()
  local current = film.recheck(chosen)
  run.begin()
  action.quietly(function()
    tracks.lock_to_time(current.item)
    if tempo then
      markers.write_tempo(piece, current)
    end
    markers.write_cuts(piece, current)
    local added = tracks.add()
    for key, track in pairs(added) do
      local notes = items.moved(piece.parts[key] or {}, current.position)
      local to = current.position + current.length
      tracks.lock_to_time(items.create(track, current.position, to, notes))
    end
  end)
end)
