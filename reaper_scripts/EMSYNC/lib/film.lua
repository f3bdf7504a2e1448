-- The film: the selected video item, and the part of its file that it shows.

local film = {}

-- In seconds: an item that ends this close to the file's end shows it whole. Sound and picture
-- seldom end together.
local EDGE = 0.05
-- The same for the start. It is smaller, because the start is the zero of the music.
local EXACT = 1e-6

local SELECT = "Select the film's item (one video item), then run this again"

-- The source of the file, and where in the file a source begins, in seconds.
local function origin(source)
  local offset = 0
  while source do
    local section, start, _, reversed = reaper.PCM_Source_GetSectionInfo(source)
    if section and reversed then
      error("The film's item is reversed; play it forwards, then run this again", 0)
    end
    offset = offset + (section and start or 0)
    local parent = reaper.GetMediaSourceParent(source)
    if not parent then
      return source, offset
    end
    source = parent
  end
end

-- The film that `item` shows, as a table:
-- path: of its file. position: its beginning in the project, in seconds.
-- start, ending: of the part shown, in seconds of the file; nil for the file's own start and end.
-- length: of the part, in seconds.
-- Raises an error, one sentence, if no music can be composed for it.
function film.of(item)
  local take = reaper.GetActiveTake(item)
  if not take or reaper.TakeIsMIDI(take) then
    error(SELECT, 0)
  end
  local rate = reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
  if math.abs(rate - 1) > 1e-6 then
    error(("The film's item plays at rate %g; set it to 1.0 (item properties)"):format(rate), 0)
  end
  local source, offset = origin(reaper.GetMediaItemTake_Source(take))
  local path = source and reaper.GetMediaSourceFileName(source) or ""
  if path == "" then
    error(SELECT, 0)
  end
  local position = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local length = reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
  local start = offset + reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
  if start < 0 then
    position, length, start = position - start, length + start, 0
  end
  local file_length, in_beats = reaper.GetMediaSourceLength(source)
  local ending = start + length
  local to_end = not in_beats and file_length > 0 and ending > file_length - EDGE
  if to_end then
    ending = math.min(ending, file_length)
  end
  if ending - start < EDGE then
    error("The film's item shows nothing of its file; lengthen it, then run this again", 0)
  end
  return {
    item = item,
    path = path,
    position = position,
    length = ending - start,
    start = start > EXACT and start or nil,
    ending = not to_end and ending or nil,
  }
end

-- The film of the selected item. Raises an error if no item or several are selected.
function film.selected()
  if reaper.CountSelectedMediaItems(0) ~= 1 then
    error(SELECT, 0)
  end
  return film.of(reaper.GetSelectedMediaItem(0, 0))
end

-- The film as it is now. Raises an error if its item has changed since `before`.
function film.recheck(before)
  local now = reaper.ValidatePtr2(0, before.item, "MediaItem*") and film.of(before.item)
  if
    not now
    or now.path ~= before.path
    or now.start ~= before.start
    or math.abs(now.length - before.length) > EDGE
  then
    error("The film's item was changed while the music was composed; run this again", 0)
  end
  return now
end

return film
