-- Marks the cuts of the selected video, without composing.

local action = require("lib.action")
local client = require("lib.client")
local film = require("lib.film")
local jobs = require("lib.jobs")
local markers = require("lib.markers")
local settings = require("lib.settings")

return function()
  action.with_server("EMSYNC: spot hits", function(run)
    local chosen, values = film.selected(), settings.load()
    local request = settings.film(chosen)
    request.kind = "analyze"
    request.sensitivity = values.sensitivity ~= 1 and values.sensitivity or nil
    local job = client.with_request("request", request)
    jobs.wait(job, run, "The film was not analyzed")
    local cues = jobs.cues(job.id, run)
    local current = film.recheck(chosen)
    run.change(function()
      markers.write_cuts({ cuts = cues.cuts or {}, boundaries = cues.boundaries }, current)
    end)
    return ("%d hits are marked. Move, add or delete markers. "):format(
      #cues.boundaries
    ) .. "Then choose `the project's markers` as hits when you score the film."
  end)
end
