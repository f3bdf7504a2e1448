-- @noindex
-- Composes for the selected video and puts the music on five tracks, without playing it.

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
  local shown = film.still(chosen)
  run.begin()
  action.quietly(function()
    tracks.hold(shown.item)
    if tempo then
      markers.write_tempo(piece, shown)
    end
    markers.write_cuts(piece, shown)
    local added = tracks.add()
    for key, track in pairs(added) do
      local notes = items.moved(piece.parts[key] or {}, shown.position)
      tracks.hold(items.create(track, shown.position, shown.position + shown.length, notes))
    end
  end)
end)
