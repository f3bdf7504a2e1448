-- Compares a take with the score: which notes arrived, how late, and which are lost.

local check = {}

-- The delay of a whole take behind the score, in seconds.
local EARLIEST, LATEST = -2, 20
-- In seconds: the width of a bin of delays, and the error of a note in the first and in the second
-- search for pairs.
local BIN, NEAR, FAR = 0.02, 0.06, 0.5

local function by_onset(one, other)
  return one.onset < other.onset
end

-- The notes by part and pitch, each list by onset.
local function voices(parts)
  local found = {}
  for key, notes in pairs(parts) do
    for _, note in ipairs(notes) do
      local voice = key .. note.pitch
      found[voice] = found[voice] or { part = key }
      table.insert(found[voice], note)
    end
  end
  for _, list in pairs(found) do
    table.sort(list, by_onset)
  end
  return found
end

-- The rough delay at which most notes have a counterpart of their pitch; nil without any.
local function likeliest(wanted, got)
  local votes = {}
  for voice, notes in pairs(wanted) do
    local recorded, first = got[voice] or {}, 1
    for _, note in ipairs(notes) do
      while recorded[first] and recorded[first].onset < note.onset + EARLIEST do
        first = first + 1
      end
      local row = first
      while recorded[row] and recorded[row].onset <= note.onset + LATEST do
        local bin = (recorded[row].onset - note.onset) // BIN
        votes[bin], row = (votes[bin] or 0) + 1, row + 1
      end
    end
  end
  -- Delays near the edge of a bin fall into two bins, so neighbours count together.
  local best, most = nil, 0
  for bin, count in pairs(votes) do
    local both = count + (votes[bin + 1] or 0)
    if both > most or (both == most and bin < best) then
      best, most = bin, both
    end
  end
  return best and (best + 1) * BIN
end

-- Pairs the notes of one voice that agree within `near` seconds after the offset is taken away.
-- Returns the notes of both lists without a pair.
local function pair(part, notes, recorded, offset, near, matches)
  local row, missing, over = 1, {}, {}
  local function pass()
    over[#over + 1], row = recorded[row], row + 1
  end
  for _, note in ipairs(notes) do
    local due = note.onset + offset
    while recorded[row] and recorded[row].onset < due - near do
      pass()
    end
    -- Of two notes within reach, the nearer one.
    local after = recorded[row + 1]
    if after and math.abs(after.onset - due) < math.abs(recorded[row].onset - due) then
      pass()
    end
    if recorded[row] and recorded[row].onset <= due + near then
      matches[#matches + 1] = { part = part, wanted = note, got = recorded[row] }
      row = row + 1
    else
      missing[#missing + 1] = note
    end
  end
  while recorded[row] do
    pass()
  end
  return missing, over
end

-- The median of a list of numbers, which it sorts; 0 for an empty list.
local function median(numbers)
  table.sort(numbers)
  local count = #numbers
  if count == 0 then
    return 0
  end
  return (numbers[(count + 1) // 2] + numbers[count // 2 + 1]) / 2
end

local function swapped(matches)
  table.sort(matches, function(one, other)
    return by_onset(one.wanted, other.wanted)
  end)
  local count = 0
  for row = 2, #matches do
    local before, now = matches[row - 1], matches[row]
    if before.wanted.onset < now.wanted.onset and before.got.onset > now.got.onset then
      count = count + 1
    end
  end
  return count
end

local function count(notes)
  return notes and #notes or 0
end

-- Compares recorded notes with those of the score. Both are lists of { onset, pitch, velocity } by
-- part. Returns a table with:
-- offset: the constant delay in seconds, the median of all notes; nil if no note arrived.
-- parts: by part, the numbers of notes that are wanted, lost, extra (not in the score), changed (of
-- another velocity) and swapped (out of order). typical (the median) and worst are the errors in
-- seconds after the offset is taken away.
function check.compare(score, takes)
  local wanted, got = voices(score), voices(takes)
  local rough = likeliest(wanted, got)
  local matches, delays = {}, {}
  if rough then
    for voice, notes in pairs(wanted) do
      local missing, over = pair(notes.part, notes, got[voice] or {}, rough, NEAR, matches)
      -- A note that came very late is not lost: it pairs with a note that the others left.
      pair(notes.part, missing, over, rough, FAR, matches)
    end
  end
  for row, match in ipairs(matches) do
    delays[row] = match.got.onset - match.wanted.onset
  end
  local offset = matches[1] and median(delays)
  local result = { offset = offset, parts = {} }
  for key, notes in pairs(score) do
    local own, errors, changed = {}, {}, 0
    for _, match in ipairs(matches) do
      if match.part == key then
        own[#own + 1] = match
        errors[#errors + 1] = math.abs(match.got.onset - match.wanted.onset - offset)
        changed = changed + (match.got.velocity == match.wanted.velocity and 0 or 1)
      end
    end
    result.parts[key] = {
      wanted = #notes,
      lost = #notes - #own,
      extra = count(takes[key]) - #own,
      changed = changed,
      swapped = swapped(own),
      typical = median(errors),
      worst = errors[#errors] or 0,
    }
  end
  return result
end

-- The comparison as text, one line for each part.
function check.report(result, instruments)
  local lines = {}
  for _, instrument in ipairs(instruments) do
    local part = result.parts[instrument.key]
    if part and part.wanted + part.extra > 0 then
      local line = ("%s: %d of %d notes"):format(
        instrument.name, part.wanted - part.lost, part.wanted
      )
      for _, fault in ipairs({
        { part.extra, "not in the score" },
        { part.changed, "at another velocity" },
        { part.swapped, "out of order" },
      }) do
        if fault[1] > 0 then
          line = ("%s, %d %s"):format(line, fault[1], fault[2])
        end
      end
      lines[#lines + 1] = ("%s; off by %.1f ms, at most %.1f ms"):format(
        line, 1000 * part.typical, 1000 * part.worst
      )
    end
  end
  if result.offset then
    lines[#lines + 1] = ("Moved by %.0f ms, the delay of the MIDI route."):format(
      -1000 * result.offset
    )
  end
  return table.concat(lines, "\n")
end

return check
