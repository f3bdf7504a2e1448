-- The frame of every action: its window, one undo step, and an error message if it fails.

local task = require("lib.task")
local window = require("lib.window")

local action = {}

local ALL = -1
local OK = 0

-- Runs `change` while REAPER's views are not redrawn. They are redrawn after errors too.
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

-- Runs an action. work(run) returns the message for the user, or nil. run.show(text, share) shows
-- the progress. run.begin() must come before the first change; all changes after it are one undo
-- step. Functions that are given to run.finally() are called when the action ends for any reason,
-- the last one first.
function action.run(name, work)
  local cleanups, ended, changing = {}, false, false
  local run = { show = window.show }

  function run.finally(cleanup)
    cleanups[#cleanups + 1] = cleanup
  end

  function run.begin()
    reaper.Undo_BeginBlock2(0)
    changing = true
  end

  local function finish(problem, message)
    if ended then
      return
    end
    ended = true
    for row = #cleanups, 1, -1 do
      local fine, another = pcall(cleanups[row])
      problem = problem or (not fine and another) or nil
    end
    if changing then
      reaper.Undo_EndBlock2(0, name, ALL)
    end
    window.close()
    local text = problem and problem:gsub("%.?$", ".", 1) or message
    if text then
      reaper.ShowMessageBox(text, name, OK)
    end
  end

  -- REAPER ends a running script when it quits, or when the user terminates the script.
  reaper.atexit(function()
    finish()
  end)
  local message
  task.run(function()
    window.open(name)
    message = work(run)
  end, function(problem)
    finish(problem, message)
  end)
end

return action
