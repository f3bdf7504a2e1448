-- Composes the music for a film: the server composes, and the files are fetched and read. A plan
-- beside the film is kept.

local client = require("lib.client")
local json = require("lib.json")
local midi = require("lib.midi")
local task = require("lib.task")

local compose = {}

-- Seconds between two requests for the job's state.
local POLL_INTERVAL = 0.5
-- What comes after a film's name in the name of its plan.
local PLAN = ".plan.json"
-- What the window shows for a job that goes on. Servers up to version 0.1 say "analysing".
local TEXTS = {
  queued = "Waiting",
  analysing = "Analyzing the film",
  analyzing = "Analyzing the film",
  composing = "Composing",
  rendering = "Rendering the sound",
}

-- The path of the plan that the user left beside the film, or nil.
local function plan_of(film)
  local path = film.path .. PLAN
  return reaper.file_exists(path) and path or nil
end

local function words_for(film, plan)
  -- REAPER plays the parts itself.
  local words = { "submit", film.path, "--audio", "none" }
  local function add(option, value)
    if value then
      words[#words + 1] = option
      words[#words + 1] = value
    end
  end
  add("--start", film.start and ("%.6f"):format(film.start))
  add("--end", film.ending and ("%.6f"):format(film.ending))
  add("--plan", plan)
  return words
end

-- Waits for the end of a job and returns it.
local function follow(job, show)
  while TEXTS[job.state] do
    show(TEXTS[job.state], job.progress)
    task.sleep(POLL_INTERVAL)
    job = client.ask({ "status", job.id })
  end
  return job
end

local function fetch(job, show)
  show("Fetching the music", 1)
  local folder = client.folder() .. "/" .. job.id
  client.ask({ "files", job.id, "-o", folder, "--force" })
  local cues, score = client.content(folder .. "/cues.json"), client.content(folder .. "/score.mid")
  if not (cues and score) then
    error(folder .. ": the files of the piece are missing; run this again", 0)
  end
  return json.decode(cues), midi.read(score)
end

-- Composes the piece for a film. run: of the action, as in lib.action. If the action ends before
-- the job, the job is cancelled. Returns a table, with times in seconds from the film's start:
-- job: its id. parts: notes by instrument ("bass"). tempos, metres, duration: as in lib.midi.
-- cuts: times. boundaries: times, or hits with seconds and label.
function compose.piece(film, run)
  local plan = plan_of(film)
  local job = client.ask(words_for(film, plan))
  local ended = false
  run.finally(function()
    if not ended then
      client.send({ "cancel", job.id })
    end
  end)
  local state = follow(job, run.show)
  ended = true
  if state.state ~= "done" then
    local whose = plan and (" for " .. plan) or ""
    error(
      ("Nothing was composed%s (%s): %s"):format(
        whose, state.state, state.error or "run this again"
      ),
      0
    )
  end
  local cues, score = fetch(job, run.show)
  local parts = {}
  for name, notes in pairs(score.parts) do
    parts[name:lower()] = notes
  end
  return {
    job = job.id,
    parts = parts,
    tempos = score.tempos,
    metres = score.metres,
    duration = score.duration,
    cuts = cues.cuts or {},
    boundaries = cues.boundaries,
  }
end

return compose
