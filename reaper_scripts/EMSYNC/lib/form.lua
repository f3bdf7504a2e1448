-- What the window asks, as a list of rows without any drawing, and what an answer changes.
--
-- A row has a `kind`, and for most an `id`, a `label` and a `value`:
-- text (text, dim), choice (options: list of { value, text }), slider (low, high, step, text),
-- check, toggles (options, value: a set), number, pad (valence, arousal, text), section (text,
-- reason, chosen), bar (share), buttons (options: list of { id, text, primary }).

local hits = require("lib.hits")
local spotting = require("lib.spotting")
local tracks = require("lib.tracks")
local words = require("lib.words")

local form = {}

local NOTES = { "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B" }
local TEMPI = {
  { "found", "found for the film" }, { "project", "the project's" }, { "given", "given" },
}
local HITS = { { "cuts", "the film's cuts" }, { "markers", "the project's markers" } }
local SOUNDS = {
  { "none", "none" }, { "template", "track templates \"EMSYNC ...\"" }, { "synth", "ReaSynth" },
}
local MOST_REASONS = 2
-- Sections that are listed at once, around the chosen one.
local MOST_SECTIONS = 7
-- What the film has to be analyzed again for, and what it has to be planned again for.
local ANALYZED = { emotion = true, hits = true, sensitivity = true }
local PLANNED = {
  tempo = true, bpm = true, key = true, density = true, players = true, seed = true, locked = true,
}

local function emotions()
  local list = { { "auto", "read from the film" } }
  for _, word in ipairs(words.LIST) do
    list[#list + 1] = { word, word }
  end
  return list
end

local function keys()
  local list = { { "", "the film's" } }
  for _, mode in ipairs({ "major", "minor" }) do
    for _, note in ipairs(NOTES) do
      local key = note .. " " .. mode
      list[#list + 1] = { key, key }
    end
  end
  return list
end

local function players()
  local list = {}
  for row, instrument in ipairs(tracks.INSTRUMENTS) do
    list[row] = { instrument.key, instrument.name }
  end
  return list
end

-- Seconds as minutes and seconds.
function form.clock(seconds)
  return ("%d:%04.1f"):format(seconds // 60, seconds % 60)
end

local function why(section)
  local reasons = {}
  for row = 1, math.min(#(section.evidence or {}), MOST_REASONS) do
    reasons[row] = section.evidence[row].text
  end
  return table.concat(reasons, "; ")
end

local function add_sections(rows, shown)
  local sections = shown.cues.sections
  local latest = math.max(#sections - MOST_SECTIONS + 1, 1)
  local first = math.max(1, math.min(shown.chosen - MOST_SECTIONS // 2, latest))
  if #sections > MOST_SECTIONS then
    local text = ("Section %d of %d; choose one to see those around it"):format(
      shown.chosen, #sections
    )
    rows[#rows + 1] = { kind = "text", text = text, dim = true }
  end
  for number = first, math.min(first + MOST_SECTIONS - 1, #sections) do
    local section = sections[number]
    rows[#rows + 1] = {
      kind = "section",
      id = "section",
      value = number,
      chosen = number == shown.chosen,
      text = ("%s  %s"):format(form.clock(section.start), shown.names[number] or section.source),
      reason = why(section),
    }
  end
  local section = shown.cues.sections[shown.chosen]
  if section then
    rows[#rows + 1] = {
      kind = "pad",
      id = "pad",
      label = "At " .. form.clock(section.start),
      valence = type(section.valence) == "number" and section.valence or 0,
      arousal = type(section.arousal) == "number" and section.arousal or 0,
    }
  end
end

-- The plan in one line.
function form.overview(plan)
  local first, last = plan.points[1], plan.points[#plan.points]
  local keys_of, seen = {}, {}
  for _, phrase in ipairs(plan.phrases or {}) do
    if phrase.key and not seen[phrase.key] then
      seen[phrase.key] = true
      keys_of[#keys_of + 1] = phrase.key
    end
  end
  return ("Plan: %.1f beats a minute, %d bars, %s"):format(
    60 * (last.beat - first.beat) / (last.seconds - first.seconds), #plan.bars,
    keys_of[1] and table.concat(keys_of, ", ", 1, math.min(#keys_of, 3)) or "no key"
  )
end

-- The rows for a film. values: the settings. shown: the plan with its cue sheet, or nil; see
-- lib.panel. buttons: the last row's options.
function form.rows(film, values, shown, buttons)
  local rows = {}
  local function row(kind, id, label, more)
    local new = { kind = kind, id = id, label = label, value = values[id] }
    for name, value in pairs(more or {}) do
      new[name] = value
    end
    rows[#rows + 1] = new
  end
  local named = film.path:match("[^/\\]*$")
  row("text", nil, nil, { text = ("%s, %s"):format(named, form.clock(film.length)) })
  local cues = spotting.collect(film)
  if cues[1] then
    row("text", nil, nil, { text = spotting.summary(cues), dim = true })
  end
  row("choice", "emotion", "Emotion", { options = emotions() })
  row("choice", "tempo", "Tempo", { options = TEMPI })
  if values.tempo == "given" then
    row("slider", "bpm", "", { low = 40, high = 200, step = 1, text = "%g beats a minute" })
  end
  row("choice", "key", "Key", { options = keys() })
  row("toggles", "players", "Who plays", { options = players() })
  row("slider", "density", "Density", {
    low = 0, high = 30, step = 0.5, text = "%g notes a second", zero = "the film's",
  })
  row("choice", "hits", "Hits", { options = HITS })
  if values.hits == "cuts" then
    row("slider", "sensitivity", "Sensitivity", { low = 0.2, high = 4, step = 0.1, text = "%.1f" })
  else
    row("text", nil, "", { text = hits.summary(hits.collect(film)), dim = true })
  end
  row("slider", "takes", "Takes", { low = 1, high = 16, step = 1, text = "the best of %g" })
  row("slider", "dynamics", "Dynamics", {
    low = 0, high = 1, step = 0.05, text = "%.2f", zero = "flat",
  })
  row("check", "locked", "Seed", { text = "keep this seed" })
  if values.locked then
    row("number", "seed", "", {})
  end
  row("choice", "sound", "Instrument", { options = SOUNDS })
  row("check", "monitor", "", { text = "hear it while it is recorded" })
  row("check", "folder", "", { text = "put the tracks in a folder" })
  row("check", "preview", "", { text = "add the sound preview, if there is one" })
  if shown then
    row("text", nil, nil, { text = form.overview(shown.plan), dim = shown.outdated })
    add_sections(rows, shown)
  end
  row("buttons", nil, nil, { options = buttons })
  return rows
end

-- The rows of a progress display.
function form.progress(text, share)
  return {
    { kind = "text", text = ("%s ... %d %%"):format(text, math.floor(100 * share)) },
    { kind = "bar", share = share },
    { kind = "text", text = "Close this window to cancel.", dim = true },
  }
end

-- Applies an answer to the settings and the plan that is shown. event: { id, value }. Returns the
-- plan that is shown now, or nil if the film must be analyzed again.
function form.apply(values, shown, event)
  local id, value = event.id, event.value
  if id == "players" then
    values.players[value] = not values.players[value]
  elseif id == "section" then
    shown.chosen = value
  elseif id == "pad" then
    local section = shown.cues.sections[shown.chosen]
    section.valence, section.arousal = value[1], value[2]
    section.probabilities, section.source = {}, "user"
    shown.names[shown.chosen] = ("yours: %+.2f %+.2f"):format(value[1], value[2])
    shown.outdated = true
  else
    values[id] = value
  end
  if ANALYZED[id] then
    return nil
  elseif shown and PLANNED[id] then
    shown.outdated = true
  end
  return shown
end

return form
