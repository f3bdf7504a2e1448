-- Composes for the film that is selected: asks what the user wants, then has the server compose.

local client = require("lib.client")
local files = require("lib.files")
local film = require("lib.film")
local hits = require("lib.hits")
local jobs = require("lib.jobs")
local json = require("lib.json")
local markers = require("lib.markers")
local panel = require("lib.panel")
local settings = require("lib.settings")
local spotting = require("lib.spotting")

local compose = {}

-- What comes after a film's name in the name of its plan.
local PLAN = ".plan.json"
-- What a plan decides.
local PLANNED = { "bpm", "tempo_map", "key", "density", "instruments" }

-- The plan that the user left beside the film, and its path, or nil.
local function plan_beside(path)
  local place = path .. PLAN
  if not reaper.file_exists(place) then
    return nil
  end
  local fine, plan = pcall(json.decode, files.content(place) or "", true)
  if not fine then
    error(place .. ": is not JSON; make it again by `emsync plan`", 0)
  end
  return plan, place
end

-- Submits a request and waits for its end; returns the id of the job. list: text of a list of
-- hits, or nil. whose: what the request was for, in errors. cues: text of a list of cues, or nil.
function compose.job(request, run, list, whose, cues)
  -- REAPER plays the parts and shows the film itself.
  request.audio = settings.load().preview and "wav" or "none"
  request.film = false
  local fine, job = pcall(client.with_request, "request", request, list, cues)
  if not fine and request.theme and job:find("theme", 1, true) then
    error("This emsync can't start from a theme; update it, then run this again", 0)
  elseif not fine then
    error(job, 0)
  end
  jobs.wait(job, run, ("Nothing was composed%s"):format(whose or ""))
  return job.id
end

-- Puts a plan into a request, in place of what it decides.
local function keep(request, plan)
  request.plan = plan
  for _, name in ipairs(PLANNED) do
    request[name] = nil
  end
end

-- Puts what the window showed into a request.
local function as_shown(request, shown, same_tempo)
  request.cues, request.start, request["end"] = shown.cues, nil, nil
  request.emotion, request.sensitivity = nil, nil
  if same_tempo and not shown.outdated then
    request.seed = shown.request.seed
    keep(request, shown.plan)
  end
end

-- Leaves out of a request what music in cues can't have. It keeps the tempo at the film's start.
local function for_cues(request, chosen, place)
  if place then
    error(place .. ": is the plan of one piece; remove it, or rename the regions of the cues", 0)
  elseif request.theme then
    error("A theme begins one piece; rename the regions of the cues, then run this again", 0)
  end
  if request.tempo_map then
    request.tempo_map = nil
    request.bpm = select(3, reaper.TimeMap_GetTimeSigAtTime(0, chosen.position))
  end
end

-- Composes for the selected film. run: of the action, as in lib.action. extra: more fields of the
-- request, or nil. Returns the piece (as in lib.jobs), the film, the settings, and whether the
-- music's tempo is to be written.
function compose.film(run, extra)
  local chosen = film.selected()
  local plan, place = plan_beside(chosen.path)
  local values, shown = panel.ask(chosen, run)
  local wanted = values.tempo
  local tempo = markers.tempo_choice(chosen, plan and "found" or wanted)
  if not tempo then
    values.tempo = "project"
  end
  local request = settings.request(values, chosen)
  local list = hits.wanted(chosen, values)
  if plan then
    keep(request, plan)
  elseif shown then
    as_shown(request, shown, values.tempo == wanted)
    list = nil
  end
  values.seed, values.tempo = request.seed, wanted
  settings.save(values)
  for name, value in pairs(extra or {}) do
    request[name] = value
  end
  local cues = spotting.text(spotting.collect(chosen))
  if cues then
    for_cues(request, chosen, place)
  end
  local id = compose.job(request, run, list, place and (" for " .. place), cues)
  return jobs.piece(id, run), film.recheck(chosen), values, tempo
end

return compose
