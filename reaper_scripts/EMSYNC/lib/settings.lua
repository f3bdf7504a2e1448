-- What the user asks for: remembered in the project, and written as a request.

local json = require("lib.json")
local project = require("lib.project")
local tempo_map = require("lib.tempo_map")
local tracks = require("lib.tracks")

local settings = {}

local LARGEST_SEED = 0x7FFFFFFF

-- emotion: "auto" or a word. tempo: "found", "project" or "given" (bpm). key: "" for the film's.
-- density: notes a second, 0 for the film's. players: by instrument. hits: "cuts" or "markers".
-- seed: used if `locked`. dynamics: 0..1. sound: "none", "template" or "synth". monitor, folder,
-- preview (score.wav on a track): as they say.
local DEFAULTS = {
  emotion = "auto",
  tempo = "found",
  bpm = 100,
  key = "",
  density = 0,
  hits = "cuts",
  sensitivity = 1,
  takes = 4,
  seed = 0,
  locked = false,
  dynamics = 1,
  sound = "none",
  monitor = false,
  folder = true,
  preview = false,
}

-- The settings of the project, with the usual value of each that it lacks.
function settings.load()
  local found = project.recall("settings") or {}
  local values = { players = {} }
  for name, usual in pairs(DEFAULTS) do
    values[name] = type(found[name]) == type(usual) and found[name] or usual
    if type(usual) == "boolean" and type(found[name]) == "boolean" then
      values[name] = found[name]
    end
  end
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    local players = type(found.players) == "table" and found.players or {}
    values.players[instrument.key] = players[instrument.key] ~= false
  end
  return values
end

-- Remembers the settings in the project.
function settings.save(values)
  project.remember("settings", values)
end

-- A new seed, or the locked one.
function settings.seed(values)
  if values.locked then
    return math.floor(values.seed)
  end
  -- Lua 5.3 gives the same random numbers at each start.
  return tonumber(reaper.genGuid(""):gsub("%X", ""):sub(1, 8), 16) & LARGEST_SEED
end

local function players(values)
  local list, all = json.array({}), true
  for _, instrument in ipairs(tracks.INSTRUMENTS) do
    if values.players[instrument.key] then
      list[#list + 1] = instrument.key
    else
      all = false
    end
  end
  if #list == 0 then
    error("No instrument plays; choose one or more in the window", 0)
  end
  return not all and list or nil
end

-- The part of the film as fields of a request.
function settings.film(film)
  return { video = film.path, start = film.start, ["end"] = film.ending }
end

-- The request for a film, as POST /jobs takes it. It changes values.seed to the seed that it has.
function settings.request(values, film)
  values.seed = settings.seed(values)
  local request = settings.film(film)
  request.seed = values.seed
  request.takes = values.takes
  request.emotion = values.emotion ~= "auto" and values.emotion or nil
  request.key = values.key ~= "" and values.key or nil
  request.density = values.density > 0 and values.density or nil
  request.dynamics = values.dynamics
  request.instruments = players(values)
  if values.hits == "cuts" and values.sensitivity ~= 1 then
    request.sensitivity = values.sensitivity
  end
  if values.tempo == "given" then
    request.bpm = values.bpm
  elseif values.tempo == "project" then
    for name, value in pairs(tempo_map.request(film)) do
      request[name] = value
    end
  end
  return request
end

return settings
