-- Reads standard MIDI files: tempo map and parts, in seconds from the file's zero.

local midi = {}

local TEMPO, METRE, NAME = 0x51, 0x58, 0x03
local DATA_BYTES = { [0x8] = 2, [0x9] = 2, [0xA] = 2, [0xB] = 2, [0xC] = 1, [0xD] = 1, [0xE] = 2 }

-- A variable-length number with seven bits in each byte, and the place after it.
local function read_length(bytes, at)
  local value = 0
  while true do
    local byte = bytes:byte(at)
    value, at = value << 7 | byte & 0x7F, at + 1
    if byte < 0x80 then
      return value, at
    end
  end
end

-- Calls meta(tick, kind, data) and message(tick, status, first, second) for the events of a track.
-- Returns the last tick.
local function read_track(bytes, meta, message)
  local at, tick, status = 1, 0, 0
  while at <= #bytes do
    local delta
    delta, at = read_length(bytes, at)
    tick = tick + delta
    local byte = bytes:byte(at)
    if byte >= 0x80 then
      status, at = byte, at + 1
    end
    if status >= 0xF0 then
      local kind
      if status == 0xFF then
        kind, at = bytes:byte(at), at + 1
      end
      local length
      length, at = read_length(bytes, at)
      if kind then
        meta(tick, kind, bytes:sub(at, at + length - 1))
      end
      at = at + length
    else
      message(tick, status, bytes:byte(at), bytes:byte(at + 1))
      at = at + DATA_BYTES[status >> 4]
    end
  end
  return tick
end

-- A function from ticks to seconds. tempos: { tick, microseconds of a quarter note }, by tick.
local function tick_clock(tempos, division)
  local starts, seconds = {}, 0
  for row, tempo in ipairs(tempos) do
    local before = tempos[row - 1]
    if before then
      seconds = seconds + (tempo.tick - before.tick) * before.microseconds / division / 1e6
    end
    starts[row] = seconds
  end
  return function(tick)
    local low, high = 1, #tempos
    while low < high do
      local middle = (low + high + 1) // 2
      if tempos[middle].tick <= tick then
        low = middle
      else
        high = middle - 1
      end
    end
    return starts[low] + (tick - tempos[low].tick) * tempos[low].microseconds / division / 1e6
  end
end

local function by_tick(one, other)
  return one.tick < other.tick
end

-- A list for the notes of a part, and a function that takes its messages.
local function collector()
  local notes, active = {}, {}
  return notes,
    function(tick, status, pitch, velocity)
      local kind, channel = status >> 4, status & 0xF
      if kind ~= 0x8 and kind ~= 0x9 then
        return
      end
      local key = channel << 7 | pitch
      if active[key] then
        active[key].release, active[key] = tick, nil
      end
      if kind == 0x9 and velocity > 0 then
        local note = { tick = tick, pitch = pitch, velocity = velocity, channel = channel }
        notes[#notes + 1], active[key] = note, note
      end
    end
end

local function read(bytes)
  local mark, header, _, tracks, division = string.unpack(">c4I4I2I2I2", bytes)
  if mark ~= "MThd" or division & 0x8000 ~= 0 then
    error("no MIDI file", 0)
  end
  local tempos, metres, parts, last = {}, {}, {}, 0
  local at = 9 + header
  for _ = 1, tracks do
    local content
    _, content, at = string.unpack(">c4s4", bytes, at)
    local notes, message = collector()
    local part = { name = "", notes = notes }
    local ended = read_track(content, function(tick, kind, data)
      if kind == TEMPO then
        tempos[#tempos + 1] = { tick = tick, microseconds = string.unpack(">I3", data) }
      elseif kind == METRE then
        local numerator, power = data:byte(1, 2)
        metres[#metres + 1] = { tick = tick, numerator = numerator, denominator = 1 << power }
      elseif kind == NAME then
        part.name = data
      end
    end, message)
    last = math.max(last, ended)
    parts[#parts + 1] = part
  end
  table.sort(tempos, by_tick)
  table.sort(metres, by_tick)
  if not tempos[1] or tempos[1].tick > 0 then
    table.insert(tempos, 1, { tick = 0, microseconds = 500000 })
  end
  local seconds = tick_clock(tempos, division)
  local content = { tempos = {}, metres = {}, parts = {}, duration = seconds(last) }
  for row, tempo in ipairs(tempos) do
    content.tempos[row] = { time = seconds(tempo.tick), bpm = 60e6 / tempo.microseconds }
  end
  for row, metre in ipairs(metres) do
    content.metres[row] = {
      time = seconds(metre.tick),
      numerator = metre.numerator,
      denominator = metre.denominator,
    }
  end
  for _, part in ipairs(parts) do
    for _, note in ipairs(part.notes) do
      note.onset, note.ending = seconds(note.tick), seconds(note.release or last)
      note.tick, note.release = nil, nil
    end
    content.parts[part.name] = part.notes
  end
  return content
end

-- Reads the bytes of a MIDI file. Returns a table with times in seconds:
-- tempos: { time, bpm }, the first at 0; bpm: quarter notes a minute.
-- metres: { time, numerator, denominator }, the time signatures.
-- parts: by track name, each a list of { onset, ending, pitch, velocity, channel } by onset.
-- channel: from 0. duration: of the file.
-- Raises an error for bytes that are no MIDI file.
function midi.read(bytes)
  local fine, content = pcall(read, bytes)
  if not fine then
    error("The MIDI file of the music can't be read; run this again", 0)
  end
  return content
end

return midi
