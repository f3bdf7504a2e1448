-- The film: the selected video item, and which part of its file it shows.

local film = {}

-- Seconds: what an end may miss the file's by and still mean it (sound and picture seldom end as
-- one), and what a start may, which the music's zero depends on.
local EDGE, EXACT = 0.05, 1e-6

local SELECT = "Select the film's item (one video item), then run this again"

-- The file and the seconds of it that a source begins at.
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

-- The film as `item` shows it. path: its file. position: where it begins in the project. start,
-- ending: the part shown, in seconds of the file; nil where that is the file's own start or end.
-- length: of the part, in seconds. Raises a sentence where music can't be made for it.
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
  local shown = reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
  local start = offset + reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
  if start < 0 then
    position, shown, start = position - start, shown + start, 0
  end
  local file_length, in_beats = reaper.GetMediaSourceLength(source)
  local ending = start + shown
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

-- The one selected item; raises a sentence where there are none or several.
function film.selected()
  if reaper.CountSelectedMediaItems(0) ~= 1 then
    error(SELECT, 0)
  end
  return film.of(reaper.GetSelectedMediaItem(0, 0))
end

-- The film as it is now; raises a sentence where it is not what music was composed for.
function film.still(before)
  local now = reaper.ValidatePtr2(0, before.item, "MediaItem*") and film.of(before.item)
  if
    not now
    or now.path ~= before.path
    or now.start ~= before.start
    or math.abs(now.length - before.length) > EDGE
  then
    error("The film's item was changed while its music was composed; run this again", 0)
  end
  return now
end

return film
