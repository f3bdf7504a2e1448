-- What differs between two versions of a piece, so that all other notes of a take stay as they are.

local patch = {}

local function name(note)
  return ("%.6f %.6f %d %d"):format(note.onset, note.ending, note.pitch, note.velocity)
end

local function counted(notes)
  local counts = {}
  for _, note in ipairs(notes) do
    counts[name(note)] = (counts[name(note)] or 0) + 1
  end
  return counts
end

local function without(notes, others)
  local counts, list = counted(others), {}
  for _, note in ipairs(notes) do
    local key = name(note)
    if (counts[key] or 0) > 0 then
      counts[key] = counts[key] - 1
    else
      list[#list + 1] = note
    end
  end
  return list
end

-- The notes that only the old, and those that only the new version has. Times agree to a
-- microsecond.
function patch.differ(old, new)
  return without(old, new), without(new, old)
end

return patch
