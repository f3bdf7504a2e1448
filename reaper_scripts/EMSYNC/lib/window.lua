-- The window of an action: by ReaImGui where it is installed, else by REAPER's own graphics.
-- Closing it cancels the action.

local form = require("lib.form")
local view_gfx = require("lib.view_gfx")
local view_imgui = require("lib.view_imgui")

local window = {}

local view

function window.open(title)
  view = view_imgui.available() and view_imgui or view_gfx
  view.open(title)
end

-- Whether the window is drawn by ReaImGui.
function window.has_imgui()
  return view == view_imgui
end

-- Draws rows (lib.form) and returns what the user did, or nil. Raises an error if the window was
-- closed.
function window.frame(rows)
  local event = view.frame(rows)
  if event and event.id == "closed" then
    error("Cancelled", 0)
  end
  return event
end

-- Shows the progress. share: of the present step that is done, 0..1. Raises an error if the window
-- was closed.
function window.show(text, share)
  window.frame(form.progress(text, share))
end

function window.close()
  if view then
    view.close()
  end
end

return window
