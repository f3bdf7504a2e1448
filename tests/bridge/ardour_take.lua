-- Records a take in Ardour, without a window: one track for each of emsync's five ports.
--
--   ardour7-lua ardour_take.lua FOLDER
--
-- FOLDER: of the new session. Prints "recording" when recording has begun, and "saved" when the
-- take is written. A line on its input ends the take.

local PARTS = { "bass", "drums", "guitar", "piano", "strings" }
local HALF_A_SECOND = 500000

local function say(word)
  print(word)
  io.stdout:flush()
end

local function wait_until(condition)
  for _ = 1, 40 do
    if condition() then return end
    ARDOUR.LuaAPI.usleep(HALF_A_SECOND / 10)
  end
  error("Ardour did not get ready in time")
end

AudioEngine:set_backend("JACK", "ardour", "")
AudioEngine:start(false)
local session = create_session(arg[1], "take", 48000)

-- Ardour's unit of time is 1/1920 beat: 0.07 ms at 480 beats a minute, four times that at 120.
local map = Temporal.TempoMap.write_copy()
map:set_tempo(Temporal.Tempo(480, 480, 4), Temporal.timepos_t(0))
Temporal.TempoMap.update(map)

local one_port = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)

for _, part in ipairs(PARTS) do
  local made = session:new_midi_track(one_port, one_port, true, ARDOUR.PluginInfo(), nil, nil, 1,
    part, ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
  for track in made:iter() do
    if track:input():nth(0):connect("emsync:" .. part) ~= 0 then
      error("emsync:" .. part .. " can't be connected to")
    end
    track:rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
  end
end

session:maybe_enable_record(false)
session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
wait_until(function() return session:actively_recording() end)
ARDOUR.LuaAPI.usleep(HALF_A_SECOND)
say("recording")

io.read()
session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
wait_until(function() return not session:transport_rolling() end)
ARDOUR.LuaAPI.usleep(HALF_A_SECOND)
session:save_state("")
say("saved")
close_session()
