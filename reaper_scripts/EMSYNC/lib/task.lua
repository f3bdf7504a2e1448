-- Work that takes its time without holding REAPER up: it goes on whenever REAPER is idle.

local task = {}

-- Calls `work`, which may sleep; then `done`, with what went wrong where something did.
function task.run(work, done)
  local thread = coroutine.create(work)
  local function go_on()
    local fine, problem = coroutine.resume(thread)
    if not fine then
      done(tostring(problem))
    elseif coroutine.status(thread) == "dead" then
      done()
    else
      reaper.defer(go_on)
    end
  end
  go_on()
end

-- For work that runs: REAPER goes on meanwhile.
function task.sleep(seconds)
  local waking = reaper.time_precise() + seconds
  repeat
    coroutine.yield()
  until reaper.time_precise() >= waking
end

-- Sleeps until `true_now` answers with something, and returns that; nil after so many seconds.
function task.wait(true_now, seconds, pause)
  local latest = reaper.time_precise() + seconds
  repeat
    local found = true_now()
    if found then
      return found
    end
    task.sleep(pause)
  until reaper.time_precise() >= latest
  return true_now()
end

return task
