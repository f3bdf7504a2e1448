-- The window that asks how to score a film. It can show the plan before there is any music.

local client = require("lib.client")
local form = require("lib.form")
local hits = require("lib.hits")
local jobs = require("lib.jobs")
local project = require("lib.project")
local settings = require("lib.settings")
local spotting = require("lib.spotting")
local task = require("lib.task")
local window = require("lib.window")

local panel = {}

local IDLE = 0.03

local function name_of(section)
  if section.source == "user" then
    return "as you gave it"
  end
  local best, most = nil, 0
  for word, share in pairs(section.probabilities or {}) do
    if share > most or (share == most and best and word < best) then
      best, most = word, share
    end
  end
  return best and ("mostly %s"):format(best)
end

-- Analyzes the film where `shown` has no cue sheet yet, and plans.
local function plan(film, values, shown, run)
  local request = settings.request(values, film)
  local cues = shown and shown.cues
  if not cues then
    local analysis = settings.film(film)
    analysis.kind, analysis.emotion, analysis.sensitivity =
      "analyze", request.emotion, request.sensitivity
    local job = client.with_request("request", analysis, hits.wanted(film, values))
    jobs.wait(job, run, "The film was not analyzed")
    cues = jobs.cues(job.id, run, true)
  end
  run.show("Planning", 0)
  request.cues, request.start, request["end"] = cues, nil, nil
  request.emotion, request.sensitivity = nil, nil
  local names = shown and shown.names or {}
  for number, section in ipairs(cues.sections) do
    names[number] = names[number] or name_of(section)
  end
  return {
    cues = cues,
    plan = client.with_request("plan", request),
    request = request,
    names = names,
    chosen = shown and shown.chosen or 1,
    outdated = false,
  }
end

-- Shows the rows until the user presses a button other than "plan"; returns its id.
local function wait(film, values, shown, buttons, run)
  local rows
  while true do
    rows = rows or form.rows(film, values, shown, buttons)
    local event = window.frame(rows)
    if event then
      rows = nil
    end
    if not event then
      task.sleep(IDLE)
    elseif event.id == "plan" then
      shown = plan(film, values, shown, run)
    elseif event.value == nil then
      return event.id, shown
    else
      shown = form.apply(values, shown, event)
    end
  end
end

-- Asks for the settings. Returns them, and what was planned, or nil: `cues`, the cue sheet with the
-- user's emotions, and `plan`, if the settings have not changed since, with `request`.
-- Raises an error if the user cancels. run: of the action, as in lib.action.
function panel.ask(film, run)
  local values = settings.load()
  local buttons = {
    { id = "cancel", text = "Cancel" }, { id = "compose", text = "Compose", primary = true },
  }
  if not spotting.collect(film)[1] then
    -- Cues have plans of their own, which are made with their music.
    table.insert(buttons, 2, { id = "plan", text = "Show the plan" })
  end
  local button, shown = wait(film, values, nil, buttons, run)
  if button == "cancel" then
    error("Cancelled", 0)
  end
  return values, shown
end

-- Shows the settings and saves them.
function panel.edit(film, run)
  local values = settings.load()
  local buttons = {
    { id = "cancel", text = "Cancel" },
    { id = "server", text = "Options of the server" },
    { id = "save", text = "Save", primary = true },
  }
  if reaper.ReaPack_BrowsePackages and not window.has_imgui() then
    table.insert(buttons, 2, { id = "imgui", text = "Get ReaImGui" })
  end
  local button = wait(film, values, nil, buttons, run)
  if button == "imgui" then
    reaper.ReaPack_BrowsePackages("ReaImGui")
  elseif button == "server" then
    local given, text = reaper.GetUserInputs(
      "EMSYNC", 1, "emsync serve ...,extrawidth=240,separator=\n",
      reaper.GetExtState("EMSYNC", "serve")
    )
    if given then
      reaper.SetExtState("EMSYNC", "serve", text, true)
    end
  elseif button == "cancel" then
    error("Cancelled", 0)
  end
  project.quietly(function()
    settings.save(values)
  end)
end

return panel
