-- Composes for a new cut of a film: what did not change keeps its notes. The new music lies on new
-- tracks under the selected film; the old music stays.

local action = require("lib.action")
local client = require("lib.client")
local files = require("lib.files")
local film = require("lib.film")
local jobs = require("lib.jobs")
local json = require("lib.json")
local markers = require("lib.markers")
local pieces = require("lib.pieces")
local settings = require("lib.settings")

-- Asks the server for the music of the new cut. Returns its job.
local function submit(piece, chosen, values)
  local words = { "recut", piece.job, files.native(chosen.path), "--takes", tostring(values.takes) }
  local function add(option, value)
    if value then
      words[#words + 1] = option
      words[#words + 1] = value
    end
  end
  add("--start", chosen.start and ("%.6f"):format(chosen.start))
  add("--end", chosen.ending and ("%.6f"):format(chosen.ending))
  add("--audio", values.preview and "wav" or "none")
  words[#words + 1] = "--no-film"
  local fine, answer = pcall(client.ask, words)
  if fine then
    return answer
  elseif answer:find("invalid choice", 1, true) then
    error("This emsync can't compose for a new cut; update it, then run this again", 0)
  end
  error(answer, 0)
end

-- What was kept, for the user, or nil.
local function kept(piece)
  local text = files.content(piece.folder .. "/report.json")
  local fine, report = pcall(json.decode, text or "")
  local recut = fine and report.recut
  local message = "%.1f s of the music are kept (%d notes). The old music is still there."
  return recut and message:format(recut.seconds, recut.notes)
end

return function()
  action.with_server("EMSYNC: score new cut", function(run)
    local chosen, old, values = film.selected(), pieces.current(), settings.load()
    local tempo = markers.tempo_choice(chosen, "found")
    local job = submit(old, chosen, values)
    jobs.wait(job, run, "Nothing was composed for the new cut")
    local piece = jobs.piece(job.id, run)
    local current = film.recheck(chosen)
    values.seed = job.request.seed or 0
    run.change(function()
      pieces.import(piece, current, values, tempo)
    end)
    return kept(piece)
  end)
end
