-- Writes the film's cuts and the music's tempo to REAPER's timeline.

local project = require("lib.project")

local markers = {}

local OWN_MARKER = "^emsync "
local NEAR = 0.001
-- In seconds: a region that begins this near a cue is the one of the cue.
local REGION = 0.05
local NO, CANCEL = 7, 2
local YES_NO_CANCEL = 3

-- The changes of tempo and time signature of a piece as { time, bpm, numerator, denominator }, by
-- time. If the time signature does not change, numerator and denominator are 0.
function markers.changes(piece)
  local changes, metre = {}, 1
  local times, next_tempo = {}, 1
  for _, list in ipairs({ piece.tempos, piece.metres }) do
    for _, change in ipairs(list) do
      times[#times + 1] = change.time
    end
  end
  table.sort(times)
  for _, time in ipairs(times) do
    local last = changes[#changes]
    if not last or time > last.time then
      local change = { time = time, bpm = last and last.bpm, numerator = 0, denominator = 0 }
      while piece.tempos[next_tempo] and piece.tempos[next_tempo].time <= time do
        change.bpm, next_tempo = piece.tempos[next_tempo].bpm, next_tempo + 1
      end
      while piece.metres[metre] and piece.metres[metre].time <= time do
        change.numerator = piece.metres[metre].numerator
        change.denominator = piece.metres[metre].denominator
        metre = metre + 1
      end
      changes[#changes + 1] = change
    end
  end
  return changes
end

-- Whether the music's tempo may be written. Asks the user if that would move anything: tempo
-- markers, items on beats, or notes. `No` has the music composed in the project's tempo.
-- wanted: the setting "found", "given" or "project".
function markers.tempo_choice(film, wanted)
  if wanted == "project" then
    return false
  end
  local apart = {}
  for _, item in ipairs(film.items) do
    apart[item] = true
  end
  local marks = reaper.CountTempoTimeSigMarkers(0)
  local moved = project.items_on_beats(film.position, apart)
  if marks == 0 and moved == 0 then
    return true
  end
  local answer = reaper.ShowMessageBox(
    ("Write the music's tempo under the film?\n\nThe project has %d tempo markers. "):format(marks)
      .. ("%d items on beats or with notes lie under or after the film, "):format(moved)
      .. "and would follow the new tempo.\n\n"
      .. "No changes none, and composes in the project's tempo.",
    "EMSYNC",
    YES_NO_CANCEL
  )
  if answer == CANCEL then
    error("Cancelled", 0)
  end
  return answer ~= NO
end

-- Writes the piece's tempo map under the film. After the film the project's own tempo continues.
function markers.write_tempo(piece, film)
  local from, to = film.position - NEAR, film.position + film.length
  local numerator, denominator, bpm = reaper.TimeMap_GetTimeSigAtTime(0, to)
  for row = reaper.CountTempoTimeSigMarkers(0) - 1, 0, -1 do
    local _, time = reaper.GetTempoTimeSigMarker(0, row)
    if time > from and time <= to then
      reaper.DeleteTempoTimeSigMarker(0, row)
    end
  end
  local function set(time, tempo, beats, unit)
    reaper.SetTempoTimeSigMarker(0, -1, time, -1, -1, tempo, beats, unit, false)
  end
  for _, change in ipairs(markers.changes(piece)) do
    if change.time < film.length then
      set(film.position + change.time, change.bpm, change.numerator, change.denominator)
    end
  end
  set(to, bpm, numerator, denominator)
end

local function clear(from, to)
  local total = reaper.CountProjectMarkers(0)
  for row = total - 1, 0, -1 do
    local _, region, time, _, name, number = reaper.EnumProjectMarkers3(0, row)
    if not region and name:find(OWN_MARKER) and time > from and time < to then
      reaper.DeleteProjectMarker(0, number, false)
    end
  end
end

-- A function that adds a marker, or with `ending` a region.
local function adder()
  local add = reaper.APIExists("AddRegionOrMarker") and reaper.AddRegionOrMarker
    or reaper.AddProjectMarker2
  return function(time, ending, name)
    add(0, ending ~= nil, time, ending or 0, name, -1, 0)
  end
end

-- Sets a marker at each cut and boundary of the film, and removes those of an earlier run.
function markers.write_cuts(piece, film)
  clear(film.position - NEAR, film.position + film.length + NEAR)
  local names = {}
  for _, cut in ipairs(piece.cuts) do
    -- Cue sheets of earlier versions have plain times.
    local gradual = type(cut) == "table" and cut or { time = cut, kind = "cut" }
    names[gradual.time] = "emsync " .. (gradual.kind or "cut")
  end
  for _, hit in ipairs(piece.boundaries) do
    -- A hit of which more than its time is known is a table.
    local known = type(hit) == "table"
    names[known and hit.seconds or hit] = "emsync " .. (known and hit.label or "boundary")
  end
  local times = {}
  for time in pairs(names) do
    times[#times + 1] = time
  end
  table.sort(times)
  local add = adder()
  for _, time in ipairs(times) do
    add(film.position + time, nil, names[time])
  end
end

-- Whether there is a region for a cue at this time already. The user's may say more than its name.
local function has_region(from, cue)
  local total = reaper.CountProjectMarkers(0)
  for row = 0, total - 1 do
    local _, region, time, _, name = reaper.EnumProjectMarkers3(0, row)
    if region and math.abs(time - from) < REGION and name:sub(1, #cue.name) == cue.name then
      return true
    end
  end
  return false
end

-- Sets a region for each cue of music, unless there is one.
function markers.write_cues(piece, film)
  local add = adder()
  for _, cue in ipairs(piece.cues) do
    local from = film.position + cue.start
    if not has_region(from, cue) then
      add(from, film.position + cue["end"], cue.name)
    end
  end
end

return markers
