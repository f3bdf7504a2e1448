-- Composes for the selected video, and imports the music at once.

local action = require("lib.action")
local compose = require("lib.compose")
local pieces = require("lib.pieces")

-- extra: as in compose.film().
return function(name, extra)
  action.with_server(name or "EMSYNC: score video and import", function(run)
    local piece, film, values, tempo = compose.film(run, extra and extra(run))
    run.change(function()
      pieces.import(piece, film, values, tempo)
    end)
  end)
end
