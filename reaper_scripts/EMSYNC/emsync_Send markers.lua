-- @noindex
-- Composes for the markers and regions of the project, and imports the music.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.send_markers")()
