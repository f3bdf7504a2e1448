-- The frame of every action: its window, one undo step, and an error message if it fails.

local project = require("lib.project")
local register = require("lib.register")
local server = require("lib.server")
local task = require("lib.task")
local window = require("lib.window")

local action = {}

local ALL = -1
local OK = 0

-- Runs an action. work(run) returns the message for the user, or nil.
-- run.show(text, share) shows the progress.
-- run.change(work) makes changes in the project, inside an undo block that ends with the action.
-- run.prepare(work) makes changes before a recording. They belong to the same undo step, but no
-- undo block is open while REAPER records.
-- Functions that are given to run.finally() are called when the action ends for any reason, the
-- last one first.
function action.run(name, work)
  local cleanups, ended, changed, block = {}, false, false, false
  local run = { show = window.show, name = name }

  local function open_block()
    if not block then
      reaper.Undo_BeginBlock2(0)
      block = true
    end
  end

  function run.finally(cleanup)
    cleanups[#cleanups + 1] = cleanup
  end

  function run.prepare(change)
    changed = true
    project.quietly(change)
  end

  function run.change(change)
    changed = true
    open_block()
    project.quietly(change)
  end

  local function finish(problem, message)
    if ended then
      return
    end
    ended = true
    if changed then
      open_block()
    end
    for row = #cleanups, 1, -1 do
      local fine, another = pcall(cleanups[row])
      problem = problem or (not fine and another) or nil
    end
    if block then
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
    register.actions(select(2, reaper.get_action_context()):match("^(.*[/\\])"))
    window.open(name)
    message = work(run)
  end, function(problem)
    finish(problem, message)
  end)
end

-- The same for an action that needs the server. It starts one where none runs.
function action.with_server(name, work)
  action.run(name, function(run)
    server.ensure(run.show)
    return work(run)
  end)
end

return action
