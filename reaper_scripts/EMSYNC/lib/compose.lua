-- The music for a film: composed by the server, read from the files that it fetches.

local client = require("lib.client")
local json = require("lib.json")
local midi = require("lib.midi")
local task = require("lib.task")

local compose = {}

local GLANCE = 0.5
local SAYS = { queued = "Waiting", analysing = "Watching the film", composing = "Composing" }

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

-- The job, once it has ended.
local function follow(job, show)
  while SAYS[job.state] do
    show(SAYS[job.state], job.progress)
    task.sleep(GLANCE)
    job = client.ask({ "status", job.id })
  end
  return job
end

local function fetch(job, show)
  show("Fetching the music", 1)
  local folder = client.folder() .. "/" .. job.id
  client.ask({ "files", job.id, "-o", folder })
  local cues, score = client.content(folder .. "/cues.json"), client.content(folder .. "/score.mid")
  if not (cues and score) then
    error(folder .. ": the piece's files are not there; run this again", 0)
  end
  return json.decode(cues), midi.read(score)
end

-- The piece for a film. job: its id. parts: notes by instrument ("bass"), tempos, metres, duration:
-- as lib.midi reads them. cuts, boundaries: seconds. All times from the film's start. run: the
-- action's; the job is cancelled when that ends before it.
function compose.piece(film, run)
  local job = client.ask(words_for(film))
  local ended = false
  run.finally(function()
    if not ended then
      client.tell({ "cancel", job.id })
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
