-- Long work that does not block REAPER: it continues whenever REAPER is idle.

local task = {}

-- Calls work(), which may sleep, and then done(problem); problem: the error message, or nil.
function task.run(work, done)
  local thread = coroutine.create(work)
  local function resume()
    local fine, problem = coroutine.resume(thread)
    if not fine then
      done(tostring(problem))
    elseif coroutine.status(thread) == "dead" then
      done()
    else
      reaper.defer(resume)
    end
  end
  resume()
end

-- Sleeps within a task; REAPER keeps running.
function task.sleep(seconds)
  local waking = reaper.time_precise() + seconds
  repeat
    coroutine.yield()
  until reaper.time_precise() >= waking
end

-- Sleeps within a task until poll() returns a value, and returns it; nil or false after `seconds`.
-- pause: seconds between two calls.
function task.wait(poll, seconds, pause)
  local latest = reaper.time_precise() + seconds
  repeat
    local found = poll()
    if found then
      return found
    end
    task.sleep(pause)
  until reaper.time_precise() >= latest
  return poll()
end

return task
