-- Composes for the markers and regions of the project, and imports the music.

local action = require("lib.action")
local compose = require("lib.compose")
local film = require("lib.film")
local hits = require("lib.hits")
local pieces = require("lib.pieces")
local settings = require("lib.settings")

local NONE = "No marker and no region begins within the film; set some, or run `EMSYNC: spot hits`"

return function()
  action.with_server("EMSYNC: send markers", function(run)
    local chosen = film.selected()
    if not hits.collect(chosen)[1] then
      error(NONE, 0)
    end
    local values = settings.load()
    values.hits = "markers"
    settings.save(values)
    local piece, current, asked, tempo = compose.film(run)
    run.change(function()
      pieces.import(piece, current, asked, tempo)
    end)
  end)
end
