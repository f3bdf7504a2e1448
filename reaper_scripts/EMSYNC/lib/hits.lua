-- The project's markers and regions as a list of hits for emsync: when, how much, which emotion.

local json = require("lib.json")
local marker_list = require("lib.marker_list")
local spotting = require("lib.spotting")
local words = require("lib.words")

local hits = {}

local NEAR = 0.001
-- What these scripts write before the names of their own markers, and names that say nothing.
local OWN = "^emsync "
local PLAIN = { cut = true, boundary = true, fade = true, dissolve = true, wipe = true }
-- The weight of a name that ends in "!".
local STRONG = 4

local function number(text)
  return text and tonumber((text:gsub(",", ".")))
end

-- The name of a marker as emsync's lists have it. "Door!" weighs 4, "joy 0.6" and "Door 0.6" weigh
-- 0.6; "Scene 12" is only a name. A word for an emotion sets it, also with a weight. Names with
-- [tags] stay as they are.
function hits.name(name)
  name = name:gsub(OWN, ""):gsub("%s+", " "):match("^%s*(.-)%s*$")
  if PLAIN[name] then
    return ""
  elseif name:find("%[.*%]$") then
    return name
  end
  local tags = {}
  local label, weight = name:match("^(.-)%s+(%d*[.,]%d+)$")
  weight = number(weight)
  if name:find("!$") then
    label, weight = name:match("^(.-)%s*!+$"), STRONG
  end
  if not (weight and weight > 0 and weight <= 100 and label ~= "") then
    return name
  end
  tags[1] = ("weight %g"):format(weight)
  if words[label:lower()] then
    tags[2] = label:lower()
  end
  return ("%s [%s]"):format(label, table.concat(tags, ", "))
end

-- The markers and regions that begin within the film, by time, as { seconds, ending, name }. Times
-- are seconds of the film; `ending` is nil for a marker. Cues of music are no hits.
function hits.collect(film)
  return marker_list.collect(film, function(region, from, to, name)
    local cue = region and spotting.is_cue(name)
    if not cue and from > -NEAR and from < film.length - NEAR then
      return {
        seconds = math.max(from, 0),
        ending = region and math.min(to, film.length) or nil,
        name = hits.name(name),
      }
    end
  end)
end

-- The list as text, as docs/hits.md describes it; nil without any.
hits.text = marker_list.text

-- The list as text for a film whose hits are the project's markers; nil for another setting.
-- values: the settings. Raises an error if there are no markers.
function hits.wanted(film, values)
  if values.hits ~= "markers" then
    return nil
  end
  local text = hits.text(hits.collect(film))
  if not text then
    error("No marker and no region begins within the film; set some, or take the cuts as hits", 0)
  end
  return text
end

-- What is understood, for the user.
function hits.summary(list)
  local regions = 0
  for _, hit in ipairs(list) do
    regions = regions + (hit.ending and 1 or 0)
  end
  return ("%d markers and %d regions"):format(#list - regions, regions)
end

-- The hits as the project remembers them, to see later whether the user changed any.
function hits.mark(list)
  return json.encode(json.array(list))
end

return hits
