-- Composes the music for a film: the server composes, and the files are fetched and read.

local client = require("lib.client")
local json = require("lib.json")
local midi = require("lib.midi")
local task = require("lib.task")

local compose = {}

-- Seconds between two requests for the job's state.
local POLL_INTERVAL = 0.5
-- What the window shows for a job that goes on. Servers up to version 0.1 say "analysing".
local TEXTS = {
  queued = "Waiting",
  analysing = "Analyzing the film",
  analyzing = "Analyzing the film",
  composing = "Composing",
}

local function words_for(film)
  local words = { "submit", film.path }
  for _, option in ipairs({ { "--start", film.start }, { "--end", film.ending } }) do
    if option[2] then
      words[#words + 1] = option[1]
      words[#words + 1] = ("%.6f"):format(option[2])
    end
  end
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
-- cuts, boundaries: times.
function compose.piece(film, run)
  local job = client.ask(words_for(film))
  local ended = false
  run.finally(function()
    if not ended then
      client.send({ "cancel", job.id })
    end
  end)
  local state = follow(job, run.show)
  ended = true
  if state.state ~= "done" then
    error(("Nothing was composed (%s): %s"):format(state.state, state.error or "run this again"), 0)
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
