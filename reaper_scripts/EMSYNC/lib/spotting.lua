-- Cues of music: regions with names such as 1m1 (reel 1, music, number 1). Between them the film is
-- silent.

local marker_list = require("lib.marker_list")

local spotting = {}

local NEAR = 0.001
-- In seconds: how far a note of a reel may lie from its time in the film, and some more.
local ROUNDED = 0.005

-- Whether a region of this name is a cue: "1m1", "2M14a Chase", "1m2 [variation of 1m1, tense]".
function spotting.is_cue(name)
  local rest = name:match("^%s*%d+[mM]%d+%a?(.*)$")
  return rest ~= nil and (rest == "" or rest:find("^[%s%[%(]") ~= nil)
end

-- The cues under the film by time, as { seconds, ending, name }. Times are seconds of the film.
function spotting.collect(film)
  return marker_list.collect(film, function(region, from, to, name)
    from, to = math.max(from, 0), math.min(to, film.length)
    if region and to - from > NEAR and spotting.is_cue(name) then
      return { seconds = from, ending = to, name = name }
    end
  end)
end

-- The cues as text, as docs/spotting.md describes it; nil without any.
spotting.text = marker_list.text

-- What is understood, for the user.
function spotting.summary(list)
  local names = {}
  for row, cue in ipairs(list) do
    names[row] = cue.name
  end
  return ("Cues of music: %s"):format(table.concat(names, ", "))
end

-- The notes that belong to a cue, { start, ["end"] }.
function spotting.notes_of(cue, notes)
  local list = {}
  for _, note in ipairs(notes) do
    if note.onset >= cue.start - ROUNDED and note.onset < cue["end"] - ROUNDED then
      list[#list + 1] = note
    end
  end
  return list
end

return spotting
