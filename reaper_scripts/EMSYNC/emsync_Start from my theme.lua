-- @noindex
-- Composes for the selected video, starting from the selected MIDI item.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.from_theme")()
