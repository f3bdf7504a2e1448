-- Adds all actions of these scripts to REAPER's list, so that the user loads one only.

local version = require("lib.version")

local register = {}

local MAIN_SECTION = 0
local ACTION = "^emsync_.+%.lua$"

-- Adds the actions that lie in `folder`, which ends in a slash, once for each version and folder.
-- ReaPack's installation has added them already; then nothing changes.
function register.actions(folder)
  local mark = version .. " " .. folder
  if reaper.GetExtState("EMSYNC", "registered") == mark then
    return
  end
  local names, number = {}, 0
  while true do
    local name = reaper.EnumerateFiles(folder:sub(1, -2), number)
    if not name then
      break
    elseif name:find(ACTION) then
      names[#names + 1] = name
    end
    number = number + 1
  end
  for row, name in ipairs(names) do
    reaper.AddRemoveReaScript(true, MAIN_SECTION, folder .. name, row == #names)
  end
  reaper.SetExtState("EMSYNC", "registered", mark, true)
end

return register
