-- Opens a session in Ardour, without a window and without sound, and prints what it holds.
--
--   ardour7-lua ardour_session.lua FOLDER NAME SECONDS...
--
-- SECONDS: times at which the tempo map is read. Every line is a kind and values with tabs between.

-- Ardour's own print puts spaces between values.
local function say(...)
  local words = { ... }
  for place, word in ipairs(words) do words[place] = tostring(word) end
  print(table.concat(words, "\t"))
end

AudioEngine:set_backend("None (Dummy)", "", "")
AudioEngine:start(false)
local session = load_session(arg[1], arg[2])
if not session then error("Ardour can't open the session") end

for route in session:get_tracks():iter() do
  say("track", route:name())
  for region in route:to_track():playlist():region_list():iter() do
    say("region", region:name(), region:position():ticks(), region:length():ticks())
    local notes = ARDOUR.LuaAPI.note_list(region:to_midiregion():midi_source(0):model())
    for note in notes:iter() do
      say("note", note:time():str(), note:length():str(), note:note(), note:velocity())
    end
  end
end

for place in session:locations():list():iter() do
  local kind = place:is_mark() and "mark" or place:is_range_marker() and "range" or "session"
  say(kind, place:name(), place:start():samples(), place:_end():samples())
end

local map = Temporal.TempoMap.read()
for number = 3, #arg do
  local time = Temporal.timepos_t(math.floor(arg[number] * session:nominal_sample_rate() + .5))
  local metre = map:meter_at(time)
  say("tempo", arg[number], map:quarters_per_minute_at(time), metre:divisions_per_bar(),
    metre:note_value(), map:quarters_at(time):str())
end

close_session()
