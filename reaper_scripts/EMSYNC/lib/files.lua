-- Files of these scripts, in Data/EMSYNC of REAPER's resource folder.

local files = {}

-- The content of a file, or nil.
function files.content(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local content = file:read("a")
  file:close()
  return content
end

-- Writes a file. Raises an error, one sentence, if that fails.
function files.write(path, text)
  local file = io.open(path, "wb")
  local written = file and file:write(text) and file:close()
  if not written then
    error(path .. ": can't be written; check its permissions and the free space", 0)
  end
end

-- The folder of these scripts' files, created if missing.
function files.folder()
  local folder = reaper.GetResourcePath() .. "/Data/EMSYNC"
  reaper.RecursiveCreateDirectory(folder, 0)
  return folder
end

-- A new path without a suffix, for temporary files.
function files.temporary()
  return files.folder() .. "/" .. reaper.genGuid(""):gsub("[{}]", "")
end

-- A path as programs of this system take it.
function files.native(path)
  return reaper.GetOS():find("^Win") and path:gsub("/", "\\") or path
end

-- Whether the system is Windows.
function files.windows()
  return reaper.GetOS():find("^Win") ~= nil
end

return files
