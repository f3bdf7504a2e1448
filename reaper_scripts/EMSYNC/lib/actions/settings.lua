-- Shows and saves the settings of this project.

local action = require("lib.action")
local film = require("lib.film")
local panel = require("lib.panel")

return function()
  action.run("EMSYNC: settings", function(run)
    local fine, chosen = pcall(film.selected)
    if not fine then
      chosen = { path = "No film is selected", position = 0, length = 0, items = {} }
    end
    panel.edit(chosen, run)
  end)
end
