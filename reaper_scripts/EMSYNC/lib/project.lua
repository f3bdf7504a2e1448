-- The user's project: what an action may change, remembers, and puts back.

local json = require("lib.json")

local project = {}

local SECTION = "EMSYNC"
local TIME, AS_PROJECT = 0, -1
local KINDS = { track = "MediaTrack*", item = "MediaItem*", take = "MediaItem_Take*" }

-- Whether a track, item or take still exists. kind: "track", "item" or "take".
function project.valid(pointer, kind)
  return pointer ~= nil and reaper.ValidatePtr2(0, pointer, KINDS[kind])
end

-- Runs `change` while REAPER's views are not redrawn. They are redrawn after errors too.
function project.quietly(change)
  reaper.PreventUIRefresh(1)
  local fine, problem = pcall(change)
  reaper.PreventUIRefresh(-1)
  reaper.UpdateArrange()
  reaper.UpdateTimeline()
  if not fine then
    error(problem, 0)
  end
end

-- The table that this project remembers under a name, or nil.
function project.recall(name)
  local _, text = reaper.GetProjExtState(0, SECTION, name)
  local fine, value = pcall(json.decode, text)
  return fine and value or nil
end

-- Has the project remember a table; it is saved with the project.
function project.remember(name, value)
  reaper.SetProjExtState(0, SECTION, name, json.encode(value))
  reaper.MarkProjectDirty(0)
end

-- All items of the project with their tracks, as { item, track }.
function project.items()
  local list = {}
  for place = 0, reaper.CountTracks(0) - 1 do
    local track = reaper.GetTrack(0, place)
    for row = 0, reaper.CountTrackMediaItems(track) - 1 do
      list[#list + 1] = { item = reaper.GetTrackMediaItem(track, row), track = track }
    end
  end
  return list
end

-- Whether a change of tempo moves the item: it is on beats, or its notes are.
local function follows_tempo(each)
  local take = reaper.GetActiveTake(each.item)
  if take and reaper.TakeIsMIDI(take) then
    return true
  end
  local base = reaper.GetMediaItemInfo_Value(each.item, "C_BEATATTACHMODE")
  if base == AS_PROJECT then
    base = reaper.GetMediaTrackInfo_Value(each.track, "C_BEATATTACHMODE")
  end
  if base == AS_PROJECT then
    local known, default = reaper.get_config_var_string("itemtimelock")
    return not known or tonumber(default) ~= TIME
  end
  return base ~= TIME
end

-- The number of items that a change of tempo from `from` on would move or bend, without those in
-- the set `apart`.
function project.items_on_beats(from, apart)
  local count = 0
  for _, each in ipairs(project.items()) do
    local start = reaper.GetMediaItemInfo_Value(each.item, "D_POSITION")
    local ending = start + reaper.GetMediaItemInfo_Value(each.item, "D_LENGTH")
    if ending > from and not apart[each.item] and follows_tempo(each) then
      count = count + 1
    end
  end
  return count
end

-- Returns a function that puts back the edit cursor and the selected items and tracks.
function project.keep_selection()
  local cursor, items, tracks = reaper.GetCursorPosition(), {}, {}
  for row = 0, reaper.CountSelectedMediaItems(0) - 1 do
    items[row + 1] = reaper.GetSelectedMediaItem(0, row)
  end
  for row = 0, reaper.CountSelectedTracks(0) - 1 do
    tracks[row + 1] = reaper.GetSelectedTrack(0, row)
  end
  return function()
    reaper.SetEditCurPos(cursor, false, false)
    reaper.SelectAllMediaItems(0, false)
    for _, item in ipairs(items) do
      if project.valid(item, "item") then
        reaper.SetMediaItemSelected(item, true)
      end
    end
    for place = 0, reaper.CountTracks(0) - 1 do
      reaper.SetTrackSelected(reaper.GetTrack(0, place), false)
    end
    for _, track in ipairs(tracks) do
      if project.valid(track, "track") then
        reaper.SetTrackSelected(track, true)
      end
    end
  end
end

-- The time selection as two times, or nil.
function project.time_selection()
  local from, to = reaper.GetSet_LoopTimeRange2(0, false, false, 0, 0, false)
  if to > from then
    return from, to
  end
  return nil
end

return project
