-- @noindex
-- Composes the time selection or the selected tracks again, and keeps all other notes.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.rescore")()
