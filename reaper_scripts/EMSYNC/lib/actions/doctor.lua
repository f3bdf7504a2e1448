-- Checks what works, and says how to fix the rest.

local action = require("lib.action")
local client = require("lib.client")
local server = require("lib.server")
local task = require("lib.task")
local tracks = require("lib.tracks")
local version = require("lib.version")

-- In seconds; emsync plays and receives a few notes meanwhile.
local PATIENCE = 120

-- A line about what happens in `look`, which returns a text.
local function checked(name, look)
  local fine, text = pcall(look)
  return ("%s  %s: %s"):format(fine and "ok     " or "failing", name, text)
end

return function()
  action.run("EMSYNC: doctor", function(run)
    local lines = {
      ("EMSYNC's scripts %s in REAPER %s"):format(version, reaper.GetAppVersion()),
      checked("server", function()
        server.ensure(run.show)
        return "runs, in a version that fits"
      end),
      checked("MIDI inputs", function()
        if not tracks.inputs(task.sleep) then
          error("no emsync input is enabled; see Preferences > MIDI Inputs", 0)
        end
        return "enabled"
      end),
    }
    run.show("Running emsync doctor", 0)
    local fine, problem, text = pcall(client.emsync, { "doctor" }, PATIENCE, true)
    lines[#lines + 1] = fine and text or ("failing  emsync doctor: " .. problem)
    return table.concat(lines, "\n")
  end)
end
