-- Composes the time selection, the selected tracks, or both again. All other notes stay. If neither
-- is selected, the whole piece is composed for the markers as they are now.

local action = require("lib.action")
local client = require("lib.client")
local compose = require("lib.compose")
local hits = require("lib.hits")
local items = require("lib.items")
local jobs = require("lib.jobs")
local patch = require("lib.patch")
local pieces = require("lib.pieces")
local project = require("lib.project")
local settings = require("lib.settings")
local tracks = require("lib.tracks")

local NAME = "EMSYNC: rescore selection"
-- Seconds within which a recorded note is the one of the score.
local NEAR = 0.03

-- The stretch of the piece that the time selection covers, in seconds from its start, or nil.
local function stretch(piece)
  local from, to = project.time_selection()
  if not from then
    return nil
  end
  from = math.max(from - piece.position, 0)
  to = math.min(to - piece.position, piece.length)
  if to <= from then
    error("The time selection covers nothing of the music; move it, then run this again", 0)
  end
  return from, to
end

-- Asks the server for a new version of the piece. Returns its job.
local function submit(piece, from, to, parts)
  local words = { "rescore", piece.job }
  local function add(option, value)
    words[#words + 1] = option
    words[#words + 1] = value
  end
  if from then
    add("--from", ("%.6f"):format(from))
    add("--to", ("%.6f"):format(to))
  end
  if parts[1] then
    add("--part", table.concat(parts, ","))
  end
  add("--seed", ("%d"):format(settings.seed({ locked = false })))
  local fine, answer = pcall(client.ask, words)
  if fine then
    return answer
  elseif answer:find("invalid choice", 1, true) then
    error("This emsync can't compose a part of a piece again; update it, then run this again", 0)
  end
  error(answer, 0)
end

-- Says which bars took the place of a selection that begins or ends within one.
local function snapped(job, from, to)
  local composed = from and job.request and job.request.rescore
  if not composed or not composed.from or not composed.to then
    return ""
  end
  if math.abs(composed.from - from) < NEAR and math.abs(composed.to - to) < NEAR then
    return ""
  end
  return (" Composed: %.3f to %.3f s of the music, the nearest bar lines."):format(
    composed.from, composed.to
  )
end

-- Writes what differs as a new take of each item. Returns the numbers of notes that changed, and
-- of those that the take no longer had.
local function write(piece, old, new, seed)
  local changed, missing, takes = 0, 0, {}
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local key = instrument.key
    local each = piece.items[key]
    local removed, added = patch.differ(old.parts[key] or {}, new.parts[key] or {})
    if each and project.valid(each.item, "item") then
      local take = each.take
      if #removed + #added > 0 then
        take = items.copy_take(each.item, each.take)
        missing = missing + items.replace(
          take, items.moved(removed, piece.position), items.moved(added, piece.position), NEAR
        )
        changed = changed + #removed + #added
      end
      takes[key] = take
    end
  end
  pieces.remember(new, piece.film, seed, takes)
  return changed, missing
end

-- Composes the whole piece for the markers as they are now.
local function for_markers(piece, run)
  local values = settings.load()
  local request = settings.request(values, {
    path = piece.video, start = piece.start, ending = piece["end"],
    position = piece.position, length = piece.length,
  })
  return compose.job(request, run, hits.text(hits.collect(piece.film)))
end

return function()
  action.with_server(NAME, function(run)
    local piece = pieces.current()
    local from, to = stretch(piece)
    local parts = pieces.selected_parts()
    local moved = piece.hits ~= hits.mark(hits.collect(piece.film))
    if not from and #parts == 0 then
      if not moved then
        error("Select a stretch of time or tracks of EMSYNC, or move markers, first", 0)
      end
      local id = for_markers(piece, run)
      local new = jobs.piece(id, run)
      run.change(function()
        pieces.replace(piece, new, settings.load())
      end)
      return nil
    end
    local job = submit(piece, from, to, parts)
    jobs.wait(job, run, "Nothing was composed again")
    local old, new = jobs.piece(piece.job, run), jobs.piece(job.id, run)
    local changed, missing
    run.change(function()
      changed, missing = write(piece, old, new, job.request and job.request.seed)
    end)
    local message = ("%d notes changed.%s The old version is the take before."):format(
      changed, snapped(job, from, to)
    )
    if missing > 0 then
      message = ("%s %d notes were no longer in the takes."):format(message, missing)
    end
    return message
  end)
end
