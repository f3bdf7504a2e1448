-- Jobs of the server: waits for them, fetches their files, and reads the music.

local client = require("lib.client")
local files = require("lib.files")
local json = require("lib.json")
local midi = require("lib.midi")
local settings = require("lib.settings")
local status = require("lib.status")
local task = require("lib.task")

local jobs = {}

-- Seconds between two looks at the job.
local POLL_INTERVAL = 0.25
-- The files that the scripts read, and those that the user may want to look at. Sound and films are
-- large, so the sound preview is fetched only if it is wanted.
local FILES = { "cues.json", "plan.json", "score.mid", "reel.mid", "score.svg", "report.json" }
local PREVIEW = "score.wav"
-- What the window shows for a job that goes on.
local TEXTS = {
  queued = "Waiting",
  analyzing = "Analyzing the film",
  rendering = "Rendering the sound",
  composing = "Composing",
}

-- Waits for the end of a job. If the action ends before, the job is cancelled. run: of the action,
-- as in lib.action. what: of an error, such as "Nothing was composed". Raises an error if the job
-- has no result.
function jobs.wait(job, run, what)
  local ended = false
  run.finally(function()
    if not ended then
      client.send({ "cancel", job.id })
    end
  end)
  while TEXTS[job.state] do
    run.show(TEXTS[job.state], job.progress)
    task.sleep(POLL_INTERVAL)
    job = status.job(job.id) or job
  end
  ended = true
  if job.state ~= "done" then
    error(("%s (%s): %s"):format(what, job.state, job.error or "run this again"), 0)
  end
end

-- The folder with the files of a job, fetched if it lacks `needed`, such as "score.mid".
function jobs.folder(id, needed, run)
  local folder = files.folder() .. "/" .. id
  if not files.content(folder .. "/" .. needed) then
    run.show("Fetching the files", 1)
    local words = { "files", id, "-o", files.native(folder), "--force" }
    local wanted = { settings.load().preview and PREVIEW or nil, table.unpack(FILES) }
    for _, name in pairs(wanted) do
      words[#words + 1] = "--only"
      words[#words + 1] = name
    end
    client.ask(words)
  end
  if not files.content(folder .. "/" .. needed) then
    error(("%s: %s of the piece is missing; run this again"):format(folder, needed), 0)
  end
  return folder
end

-- The cue sheet of a job. keep: as in json.decode().
function jobs.cues(id, run, keep)
  local folder = jobs.folder(id, "cues.json", run)
  return json.decode(files.content(folder .. "/cues.json"), keep)
end

-- The plan of a job, to be written again; nil for a piece in free time.
function jobs.plan(id, run)
  local folder = jobs.folder(id, "score.mid", run)
  local text = files.content(folder .. "/plan.json")
  return text and json.decode(text, true)
end

-- The music of a job. Returns a table, with times in seconds from the film's start:
-- job: its id. parts: notes by instrument ("bass"). tempos, metres, duration: as in lib.midi.
-- cues: the film's cues of music, { name, start, ["end"] }; empty for one piece for the whole film.
-- cuts: times. boundaries: times, or hits with seconds and label. sections: of the cue sheet.
-- folder: of its files.
function jobs.piece(id, run)
  local cues = jobs.cues(id, run)
  local spotted = cues.spotting or {}
  local music = spotted[1] and "reel.mid" or "score.mid"
  local folder = jobs.folder(id, music, run)
  local score = midi.read(files.content(folder .. "/" .. music))
  local parts = {}
  for name, notes in pairs(score.parts) do
    parts[name:lower()] = notes
  end
  return {
    job = id,
    parts = parts,
    tempos = score.tempos,
    metres = score.metres,
    duration = score.duration,
    cues = spotted,
    cuts = cues.cuts or {},
    boundaries = cues.boundaries,
    sections = cues.sections,
    folder = folder,
  }
end

return jobs
