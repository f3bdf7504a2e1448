-- What every action has about it: its window, one undo step, and a sentence when it fails.

local task = require("lib.task")
local window = require("lib.window")

local action = {}

local ALL = -1
local OK = 0

-- Runs `change` with REAPER's views at rest; they go on however it ends.
function action.quietly(change)
  reaper.PreventUIRefresh(1)
  local fine, problem = pcall(change)
  reaper.PreventUIRefresh(-1)
  reaper.UpdateArrange()
  reaper.UpdateTimeline()
  if not fine then
    error(problem, 0)
  end
end

-- Runs an action. work(run) answers with what to tell the user. run.show(text, share) tells how it
-- goes; run.begin() comes before the first change, and all from there on is one undo step; what is
-- given to run.finally() is done when the action ends, the last first, come what may.
function action.run(name, work)
  local endings, ended, changing = {}, false, false
  local run = { show = window.show }

  function run.finally(ending)
    endings[#endings + 1] = ending
  end

  function run.begin()
    reaper.Undo_BeginBlock2(0)
    changing = true
  end

  local function finish(problem, told)
    if ended then
      return
    end
    ended = true
    for row = #endings, 1, -1 do
      local fine, another = pcall(endings[row])
      problem = problem or (not fine and another) or nil
    end
    if changing then
      reaper.Undo_EndBlock2(0, name, ALL)
    end
    window.close()
    local text = problem and problem:gsub("%.?$", ".", 1) or told
    if text then
      reaper.ShowMessageBox(text, name, OK)
    end
  end

  -- REAPER ends a script that runs when it quits or the user says so.
  reaper.atexit(function()
    finish()
  end)
  local told
  task.run(function()
    window.open(name)
    told = work(run)
  end, function(problem)
    finish(problem, told)
  end)
end

return action
