-- Composes the piece again for the same cue sheet and plan, as another take of the same items.

local action = require("lib.action")
local compose = require("lib.compose")
local items = require("lib.items")
local jobs = require("lib.jobs")
local pieces = require("lib.pieces")
local project = require("lib.project")
local settings = require("lib.settings")

return function()
  action.with_server("EMSYNC: another take", function(run)
    local piece = pieces.current()
    local values = settings.load()
    local seed = settings.seed({ locked = false })
    local id = compose.job({
      video = piece.video,
      cues = jobs.cues(piece.job, run, true),
      plan = jobs.plan(piece.job, run),
      seed = seed,
      takes = values.takes,
      dynamics = values.dynamics,
    }, run)
    local new = jobs.piece(id, run)
    run.change(function()
      local takes = {}
      for key, each in pairs(piece.items) do
        if project.valid(each.item, "item") then
          local notes = items.moved(new.parts[key] or {}, piece.position)
          takes[key] = items.add_take(each.item, notes)
        end
      end
      pieces.remember(new, piece.film, seed, takes)
    end)
  end)
end
