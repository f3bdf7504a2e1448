-- The pieces in the project: writes them to its timeline and tracks, and finds them again.

local files = require("lib.files")
local hits = require("lib.hits")
local items = require("lib.items")
local markers = require("lib.markers")
local project = require("lib.project")
local spotting = require("lib.spotting")
local tracks = require("lib.tracks")

local pieces = {}

local SPLIT = "The music's items were split; glue those of each track, then run this again"
local SEVERAL = "This music has several cues; score the film again, or compose one cue by itself"
local NO_PIECE = "There is no music by EMSYNC here; run `EMSYNC: score video and import` first"

-- The name of a take.
function pieces.title(name, seed)
  return seed and ("%s, seed %d"):format(name, seed) or name
end

-- Writes what a piece needs around its notes: tempo, markers, tracks. Returns the tracks by key.
-- values: the settings. tempo: whether to write the music's tempo.
function pieces.prepare(piece, film, values, tempo)
  for _, item in ipairs(film.items) do
    tracks.lock_to_time(item)
  end
  if tempo then
    markers.write_tempo(piece, film)
  end
  markers.write_cuts(piece, film)
  markers.write_cues(piece, film)
  local preview = piece.folder .. "/score.wav"
  if values.preview and files.content(preview) then
    tracks.add_sound(preview, film.position)
  end
  return tracks.add(values)
end

-- Labels the takes of a piece, and has the project remember it. takes: by instrument.
function pieces.remember(piece, film, seed, takes)
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    if takes[instrument.key] then
      items.label(takes[instrument.key], pieces.title(instrument.name, seed), piece.job)
    end
  end
  project.remember("piece " .. piece.job, {
    video = film.path,
    start = film.start,
    ["end"] = film.ending,
    position = film.position,
    length = film.length,
    seed = seed,
    hits = hits.mark(hits.collect(film)),
    cues = #piece.cues,
  })
end

-- Writes notes as a MIDI item of the film between two times; returns its take.
local function write(track, film, from, to, notes)
  local moved = items.moved(notes, film.position)
  local item = items.create(track, film.position + from, film.position + to, moved)
  tracks.lock_to_time(item)
  return reaper.GetActiveTake(item)
end

-- Writes the notes of a piece as MIDI items: one for each part, or one for each part of each cue.
function pieces.import(piece, film, values, tempo)
  local added, takes = pieces.prepare(piece, film, values, tempo), {}
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local track, notes = added[instrument.key], piece.parts[instrument.key] or {}
    for _, cue in ipairs(piece.cues) do
      local own = spotting.notes_of(cue, notes)
      local take = write(track, film, cue.start, cue["end"], own)
      local title = ("%s %s"):format(cue.name, instrument.name)
      items.label(take, pieces.title(title, values.seed), piece.job)
    end
    if not piece.cues[1] then
      takes[instrument.key] = write(track, film, 0, film.length, notes)
    end
  end
  pieces.remember(piece, film, values.seed, takes)
end

-- Replaces the tracks' music by a new version of a piece with other hits: the tempo and the markers
-- change with it. Each item gets a new take. values: the settings.
function pieces.replace(piece, new, values)
  local takes = {}
  if values.tempo ~= "project" then
    markers.write_tempo(new, piece.film)
  end
  for key, each in pairs(piece.items) do
    if project.valid(each.item, "item") then
      takes[key] = items.add_take(each.item, items.moved(new.parts[key] or {}, piece.position))
    end
  end
  pieces.remember(new, piece.film, values.seed, takes)
end

-- The items of pieces, as { item, take, instrument, job }.
local function own_items()
  local list = {}
  for _, each in ipairs(project.items()) do
    local instrument = tracks.instrument(each.track)
    local take = instrument and reaper.GetActiveTake(each.item)
    local job = take and items.job(take)
    if job then
      list[#list + 1] = { item = each.item, take = take, instrument = instrument, job = job }
    end
  end
  return list
end

-- Whether an item is wanted: it lies in the time selection, or else at the cursor.
local function overlaps(item, from, to)
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local ending = start + reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
  return start < to and ending > from
end

-- The piece at the time selection, or else at the edit cursor; if nothing lies there, the first.
-- Returns what the project remembers of it, with its job's id as `job` and its items by instrument
-- as `items`, each { item, take }. Raises an error if the project has none.
function pieces.current()
  local from, to = project.time_selection()
  if not from then
    from = reaper.GetCursorPosition()
    to = from + 1e-6
  end
  local own = own_items()
  local job
  for _, each in ipairs(own) do
    if overlaps(each.item, from, to) then
      job = each.job
      break
    end
  end
  job = job or (own[1] and own[1].job)
  local piece = job and project.recall("piece " .. job)
  if not piece then
    error(NO_PIECE, 0)
  end
  if (piece.cues or 0) > 0 then
    error(SEVERAL, 0)
  end
  piece.job, piece.items = job, {}
  for _, each in ipairs(own) do
    if each.job == job then
      if piece.items[each.instrument] then
        error(SPLIT, 0)
      end
      piece.items[each.instrument] = { item = each.item, take = each.take }
      -- The user may have moved the film and its music.
      piece.position = reaper.GetMediaItemInfo_Value(each.item, "D_POSITION")
        - reaper.GetMediaItemTakeInfo_Value(each.take, "D_STARTOFFS")
    end
  end
  piece.film = { path = piece.video, position = piece.position, length = piece.length }
  return piece
end

-- The instruments whose tracks are selected, as a list of keys.
function pieces.selected_parts()
  local list = {}
  for row = 0, reaper.CountSelectedTracks(0) - 1 do
    list[#list + 1] = tracks.instrument(reaper.GetSelectedTrack(0, row))
  end
  return list
end

return pieces
