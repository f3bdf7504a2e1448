-- Ends every note, in REAPER and in the server.

local action = require("lib.action")
local client = require("lib.client")
local record = require("lib.record")

return function()
  record.silence()
  action.run("EMSYNC: panic", function(run)
    run.show("Stopping the server's music", 0)
    client.ask({ "stop" })
  end)
end
