-- Lists of the markers and regions under a film, as { seconds, ending, name }. Times are seconds of
-- the film; `ending` is nil for a marker.

local marker_list = {}

-- The list by time. read(region, from, to, name) gives an entry, or nil for what does not belong
-- there; `region` is false for a marker, and the times may lie outside the film.
function marker_list.collect(film, read)
  local list = {}
  local total = reaper.CountProjectMarkers(0)
  for row = 0, total - 1 do
    local _, region, time, ending, name = reaper.EnumProjectMarkers3(0, row)
    list[#list + 1] = read(region, time - film.position, ending - film.position, name)
  end
  table.sort(list, function(one, other)
    return one.seconds < other.seconds
  end)
  return list
end

-- The list as text, as emsync reads it; nil without any entry.
function marker_list.text(list)
  local lines = {}
  for row, entry in ipairs(list) do
    local time = ("%.6f"):format(entry.seconds)
    if entry.ending then
      time = ("%s - %.6f"):format(time, entry.ending)
    end
    -- A sign after a space would begin a comment.
    lines[row] = ("%s  %s"):format(time, (entry.name:gsub("#", "\\#")))
  end
  return lines[1] and table.concat(lines, "\n") .. "\n" or nil
end

return marker_list
