-- Makes the next take of each item of the piece the active one, while REAPER plays on.

local pieces = require("lib.pieces")
local project = require("lib.project")

local NAME = "EMSYNC: compare takes"
local ALL, OK = -1, 0

local function next_take(item)
  local active, count = reaper.GetActiveTake(item), reaper.CountTakes(item)
  for number = 0, count - 1 do
    if reaper.GetTake(item, number) == active then
      return reaper.GetTake(item, (number + 1) % count)
    end
  end
  return active
end

return function()
  local fine, problem = pcall(function()
    local piece = pieces.current()
    local most = 0
    for _, each in pairs(piece.items) do
      most = math.max(most, reaper.CountTakes(each.item))
    end
    if most < 2 then
      error("There is one take only; run `EMSYNC: another take` first", 0)
    end
    reaper.Undo_BeginBlock2(0)
    project.quietly(function()
      for _, each in pairs(piece.items) do
        reaper.SetActiveTake(next_take(each.item))
      end
    end)
    reaper.Undo_EndBlock2(0, NAME, ALL)
  end)
  if not fine then
    reaper.ShowMessageBox(problem .. ".", NAME, OK)
  end
end
