-- Reads, writes and moves the notes of MIDI items. Times are seconds of the project.

local items = {}

-- Where a take says which piece it is from; it is saved with the project.
local OWNER = "P_EXT:emsync"

local function at(take, ticks)
  return reaper.MIDI_GetProjTimeFromPPQPos(take, ticks)
end

local function ticks(take, seconds)
  return math.max(reaper.MIDI_GetPPQPosFromProjTime(take, seconds), 0)
end

local function insert(take, notes)
  for _, note in ipairs(notes) do
    local from = ticks(take, note.onset)
    local to = math.max(ticks(take, note.ending), from + 1)
    reaper.MIDI_InsertNote(
      take, false, false, from, to, note.channel, note.pitch, note.velocity, true
    )
  end
  reaper.MIDI_Sort(take)
end

-- The notes with all times moved by `seconds`.
function items.moved(notes, seconds)
  local list = {}
  for row, note in ipairs(notes) do
    list[row] = {
      onset = note.onset + seconds,
      ending = note.ending + seconds,
      pitch = note.pitch,
      velocity = note.velocity,
      channel = note.channel,
    }
  end
  return list
end

-- The notes of a take: { onset, ending, pitch, velocity, channel }, by onset.
function items.notes(take)
  local notes = {}
  local _, count = reaper.MIDI_CountEvts(take)
  for row = 0, count - 1 do
    local _, _, _, from, to, channel, pitch, velocity = reaper.MIDI_GetNote(take, row)
    notes[row + 1] = {
      onset = at(take, from),
      ending = at(take, to),
      pitch = pitch,
      velocity = velocity,
      channel = channel,
    }
  end
  return notes
end

-- Names a take, and says which piece its notes are from.
function items.label(take, text, job)
  reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", text, true)
  reaper.GetSetMediaItemTakeInfo_String(take, OWNER, job, true)
end

-- The piece that the notes of a take are from, as the id of its job, or nil.
function items.job(take)
  local known, job = reaper.GetSetMediaItemTakeInfo_String(take, OWNER, "", false)
  return known and job ~= "" and job or nil
end

-- Creates an item with these notes, from `from` to `to`.
function items.create(track, from, to, notes)
  local item = reaper.CreateNewMIDIItemInProj(track, from, to, false)
  insert(reaper.GetActiveTake(item), notes)
  return item
end

-- Adds a take with these notes to a MIDI item, and returns it.
function items.add_take(item, notes)
  local take = reaper.AddTakeToMediaItem(item)
  reaper.SetMediaItemTake_Source(take, reaper.PCM_Source_CreateFromType("MIDI"))
  insert(take, notes)
  reaper.SetActiveTake(take)
  return take
end

-- Adds a take that is a copy of another one, at exactly the same ticks, and returns it.
function items.copy_take(item, take)
  local _, events = reaper.MIDI_GetAllEvts(take)
  local copy = reaper.AddTakeToMediaItem(item)
  reaper.SetMediaItemTake_Source(copy, reaper.PCM_Source_CreateFromType("MIDI"))
  reaper.MIDI_SetAllEvts(copy, events)
  local offset = reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
  reaper.SetMediaItemTakeInfo_Value(copy, "D_STARTOFFS", offset)
  reaper.SetActiveTake(copy)
  return copy
end

-- Removes notes from a take and adds others; all others keep their ticks. removed: notes, each the
-- nearest of its pitch within `near` seconds. Returns how many of them were not found.
function items.replace(take, removed, added, near)
  local notes, taken, missing = items.notes(take), {}, 0
  for _, note in ipairs(removed) do
    local best, distance
    for row, other in ipairs(notes) do
      local off = math.abs(other.onset - note.onset)
      if other.pitch == note.pitch and not taken[row] and off <= (distance or near) then
        best, distance = row, off
      end
    end
    if best then
      taken[best] = true
    else
      missing = missing + 1
    end
  end
  for row = #notes, 1, -1 do
    if taken[row] then
      reaper.MIDI_DeleteNote(take, row - 1)
    end
  end
  insert(take, added)
  return missing
end

-- Moves the events of a take, but not its item. An item that moves under a tempo map keeps its
-- beats, so the times of its notes would change.
function items.shift(take, seconds)
  local notes = items.moved(items.notes(take), seconds)
  local _, count, controls = reaper.MIDI_CountEvts(take)
  for row = count - 1, 0, -1 do
    reaper.MIDI_DeleteNote(take, row)
  end
  reaper.MIDI_DisableSort(take)
  for row = 0, controls - 1 do
    local _, selected, muted, place, kind, channel, first, second = reaper.MIDI_GetCC(take, row)
    local moved = ticks(take, at(take, place) + seconds)
    reaper.MIDI_SetCC(take, row, selected, muted, moved, kind, channel, first, second, true)
  end
  insert(take, notes)
end

return items
