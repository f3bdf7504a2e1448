-- @noindex
-- Ends every note, in REAPER and in the server.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.panic")()
