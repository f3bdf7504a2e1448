-- Reads, writes and moves the notes of MIDI items. Times are seconds of the project.

local items = {}

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

-- Creates an item with these notes, from `from` to `to`.
function items.create(track, from, to, notes)
  local item = reaper.CreateNewMIDIItemInProj(track, from, to, false)
  insert(reaper.GetActiveTake(item), notes)
  return item
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
