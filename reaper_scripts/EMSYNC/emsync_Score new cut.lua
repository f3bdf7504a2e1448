-- @noindex
-- Composes for a new cut of a film that has music, and keeps the notes of what did not change.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.new_cut")()
