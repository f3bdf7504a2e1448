-- The film: the selected video item, and the part of its file that it shows.

local project = require("lib.project")

local film = {}

-- In seconds: an item that ends this close to the file's end shows it whole. Sound and picture
-- seldom end together.
local EDGE = 0.05
-- The same for the start. It is smaller, because the start is the zero of the music.
local EXACT = 1e-6

local SELECT = "Select the film's item (one video item), then run this again"
local IN_PARTS = "The film lies in several items that don't show one stretch of one file in a row; "
  .. "glue them or select one, then run this again"

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
  if reaper.GetTakeNumStretchMarkers(take) > 0 then
    error("The film's item has stretch markers; remove them, then run this again", 0)
  end
  local rate = reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
  if math.abs(rate - 1) > 1e-6 then
    error(("The film's item plays at rate %g; set it to 1.0 (item properties)"):format(rate), 0)
  end
  local source, offset = origin(reaper.GetMediaItemTake_Source(take))
  local path = source and reaper.GetMediaSourceFileName(source) or ""
  if path == "" then
    error(SELECT, 0)
  elseif reaper.GetMediaSourceType(source) == "RPP_PROJECT" then
    error("The item is a subproject; select the film's own item, then run this again", 0)
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

-- Whether the item shows a picture. A film's sound is often an item of the same group.
local function is_video(item)
  local take = reaper.GetActiveTake(item)
  if not take or reaper.TakeIsMIDI(take) then
    return false
  end
  local fine, source = pcall(origin, reaper.GetMediaItemTake_Source(take))
  -- A reversed film is a film; film.of() says what is wrong with it.
  return not fine or (source and reaper.GetMediaSourceType(source) == "VIDEO")
end

-- One film of parts that show one stretch of one file, each where the one before ends.
local function joined(parts)
  table.sort(parts, function(one, other)
    return one.position < other.position
  end)
  local whole = parts[1]
  whole.items = { whole.item }
  for row = 2, #parts do
    local part, before = parts[row], parts[row - 1]
    local from = part.start or 0
    local to = (before.start or 0) + before.length
    if
      part.path ~= whole.path
      or math.abs(before.position + before.length - part.position) > EDGE
      or math.abs(to - from) > EDGE
    then
      error(IN_PARTS, 0)
    end
    whole.items[row] = part.item
    whole.length = part.position + part.length - whole.position
    whole.ending = part.ending
  end
  return whole
end

local function of_items(items)
  local parts = {}
  for row, item in ipairs(items) do
    parts[row] = film.of(item)
  end
  return joined(parts)
end

-- The film of the selected items: one video item, or the parts of a film that was cut but not
-- rearranged. Sound items beside it don't matter. `items` has all its items, by time. Raises an
-- error for another selection.
function film.selected()
  local all, videos = {}, {}
  for row = 0, reaper.CountSelectedMediaItems(0) - 1 do
    local item = reaper.GetSelectedMediaItem(0, row)
    all[#all + 1] = item
    if is_video(item) then
      videos[#videos + 1] = item
    end
  end
  if videos[1] then
    return of_items(videos)
  elseif #all ~= 1 then
    error(SELECT, 0)
  end
  return of_items(all)
end

-- The film as it is now. Raises an error if its items have changed since `before`.
function film.recheck(before)
  local now = true
  for _, item in ipairs(before.items) do
    now = now and project.valid(item, "item")
  end
  local fine, found = pcall(of_items, before.items)
  now = now and fine and found
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
