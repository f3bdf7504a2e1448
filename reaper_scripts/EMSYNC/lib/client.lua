-- Sends requests to the running server by `emsync client`, a separate program.

local files = require("lib.files")
local json = require("lib.json")
local process = require("lib.process")
local task = require("lib.task")

local client = {}

-- In seconds, for an answer.
local PATIENCE = 60
local INSTALL = "The emsync program was not found; install it "
  .. "(uv tool install 'emsync-bridge[cpu]'), or run this again and give its full path"

-- The program's possible places: what the user gave, what `emsync reaper install` wrote, and the
-- search path.
local function places()
  local list = {}
  for _, place in ipairs({
    reaper.GetExtState("EMSYNC", "program"),
    (files.content(files.folder() .. "/program.txt") or ""):match("^[^\r\n]*"),
    "emsync",
  }) do
    if place ~= "" then
      list[#list + 1] = place
    end
  end
  return list
end

local found

local function ask_for_program()
  local given, path = reaper.GetUserInputs(
    "EMSYNC: the emsync program was not found",
    1,
    "Its full path,extrawidth=320,separator=\n",
    places()[1]
  )
  if not given or path == "" then
    error(INSTALL, 0)
  end
  reaper.SetExtState("EMSYNC", "program", path, true)
end

-- Runs `emsync WORDS` as process.run() does, wherever the program is. If it is nowhere, asks the
-- user.
local function run(words, patience)
  while true do
    for _, place in ipairs(found and { found } or places()) do
      local status, answer, errors, text = process.run({ place, table.unpack(words) }, patience)
      if not process.missing(status) then
        found = place
        return status, answer, errors, text
      end
    end
    found = nil
    ask_for_program()
  end
end

-- Runs `emsync WORDS`; to be called in a task. patience: seconds to wait (default 60). Returns the
-- answer as a table or nil, and as text. Raises an error, one sentence, if it fails; with `report`
-- only if it printed nothing.
function client.emsync(words, patience, report)
  local status, answer, errors, text = run(words, patience or PATIENCE)
  if status == 0 or (report and text ~= "") then
    return answer, text
  elseif not status then
    error("emsync gave no answer; run `emsync doctor` in a terminal to see why", 0)
  end
  error(errors or ("emsync ended with status " .. status .. "; run `emsync doctor`"), 0)
end

-- The place where the program was found.
function client.program()
  return found
end

-- The server's answer to `emsync client WORDS`, as in client.emsync().
function client.ask(words, patience)
  local answer = client.emsync({ "client", table.unpack(words) }, patience)
  if not answer then
    error("emsync client gave half an answer; run this again", 0)
  end
  return answer
end

-- The answer to `emsync client ACTION` about a request, a table as POST /jobs takes it. markers:
-- text of a list of hits, or nil. cues: text of a list of cues of music, or nil.
function client.with_request(action, request, markers, cues)
  local base = files.temporary()
  local words = { action, files.native(base .. ".request") }
  files.write(base .. ".request", json.encode(request))
  local function add(option, suffix, text)
    if text then
      files.write(base .. suffix, text)
      words[#words + 1] = option
      words[#words + 1] = files.native(base .. suffix)
    end
  end
  add("--markers", ".txt", markers)
  add("--spotting", ".cues.txt", cues)
  local fine, answer = pcall(client.ask, words)
  os.remove(base .. ".request")
  os.remove(base .. ".txt")
  os.remove(base .. ".cues.txt")
  if not fine then
    error(answer, 0)
  end
  return answer
end

-- Sends a request to the server and does not wait for its answer.
function client.send(words)
  task.run(function()
    client.ask(words)
  end, function() end)
end

return client
