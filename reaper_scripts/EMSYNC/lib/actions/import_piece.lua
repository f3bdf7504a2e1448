-- Imports a finished piece of the server: at the selected film, or else at the edit cursor.

local action = require("lib.action")
local client = require("lib.client")
local film = require("lib.film")
local jobs = require("lib.jobs")
local markers = require("lib.markers")
local pieces = require("lib.pieces")
local settings = require("lib.settings")
local task = require("lib.task")
local window = require("lib.window")

local MOST = 12
local IDLE = 0.03

local function title(job)
  return ("%s, %s, seed %d"):format(
    job.request.video:match("[^/\\]*$"), os.date("%d.%m. %H:%M", math.floor(job.created)),
    job.request.seed or 0
  )
end

-- Asks for one of the finished pieces, the newest first.
local function choose(run)
  run.show("Looking for pieces", 0)
  local all, options = client.ask({ "jobs" }).jobs, {}
  for row = #all, 1, -1 do
    local job = all[row]
    if job.kind ~= "analyze" and job.state == "done" and #options < MOST then
      options[#options + 1] = { job.id, title(job), job }
    end
  end
  if #options == 0 then
    error("The server has no finished piece; score a film first", 0)
  end
  local row = { kind = "choice", id = "job", label = "Piece", value = options[1][1] }
  row.options = options
  local buttons = {
    { id = "cancel", text = "Cancel" }, { id = "import", text = "Import", primary = true },
  }
  while true do
    local event = window.frame({ row, { kind = "buttons", options = buttons } })
    if event and event.id == "job" then
      row.value = event.value
    elseif event and event.id == "cancel" then
      error("Cancelled", 0)
    elseif event then
      for _, option in ipairs(options) do
        if option[1] == row.value then
          return option[3]
        end
      end
    end
    task.sleep(IDLE)
  end
end

-- The place for a piece.
local function place(job, piece)
  local fine, chosen = pcall(film.selected)
  if fine then
    return chosen
  end
  return {
    path = job.request.video,
    items = {},
    position = reaper.GetCursorPosition(),
    length = piece.duration,
  }
end

return function()
  action.with_server("EMSYNC: import piece", function(run)
    local job = choose(run)
    local piece = jobs.piece(job.id, run)
    local values = settings.load()
    local chosen = place(job, piece)
    local tempo = markers.tempo_choice(chosen, values.tempo)
    values.seed = job.request.seed or 0
    run.change(function()
      pieces.import(piece, chosen, values, tempo)
    end)
  end)
end
