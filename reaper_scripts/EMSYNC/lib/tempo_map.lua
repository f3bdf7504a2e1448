-- The project's beats and bars under the film, as a request takes them.

local json = require("lib.json")

local tempo_map = {}

-- In quarter notes: how near to a bar line a film begins on it, and bars have whole beats.
local NEAR = 1e-3
-- Of two tempi that are the same.
local SAME = 1e-7

local function whole(number)
  local nearest = math.floor(number + 0.5)
  return nearest > 0 and math.abs(number - nearest) < NEAR and nearest or nil
end

-- Adds a beat, unless the tempo stays the same through the last point.
local function add(points, beat, seconds)
  local before, last = points[#points - 1], points[#points]
  if before then
    local rate = (last.seconds - before.seconds) / (last.beat - before.beat)
    local now = (seconds - last.seconds) / (beat - last.beat)
    if math.abs(now / rate - 1) < SAME then
      points[#points] = nil
    end
  end
  points[#points + 1] = { beat = beat, seconds = seconds }
end

-- Fields of a request that compose on the project's grid under the film: `tempo_map`, its beats
-- and bars to the letter. If the film begins within a bar, or bars have no whole quarter notes, it
-- is `bpm` alone, the tempo at the film's start.
function tempo_map.request(film)
  local _, _, bpm = reaper.TimeMap_GetTimeSigAtTime(0, film.position)
  local _, measure = reaper.TimeMap2_timeToBeats(0, film.position + NEAR)
  local _, begin = reaper.TimeMap_GetMeasureInfo(0, measure)
  if math.abs(begin - reaper.TimeMap2_timeToQN(0, film.position)) > NEAR then
    return { bpm = bpm }
  end
  local points, bars, beat, seconds = json.array({}), json.array({}), 0, 0
  points[1] = { beat = 0, seconds = 0 }
  while seconds < film.length do
    local _, from, to = reaper.TimeMap_GetMeasureInfo(0, measure)
    local beats = whole(to - from)
    if not beats then
      return { bpm = bpm }
    end
    for number = 1, beats do
      seconds = reaper.TimeMap2_QNToTime(0, from + number) - film.position
      add(points, beat + number, seconds)
    end
    bars[#bars + 1], beat, measure = beats, beat + beats, measure + 1
  end
  return { tempo_map = { points = points, bars = bars, beat = "quarter" } }
end

return tempo_map
