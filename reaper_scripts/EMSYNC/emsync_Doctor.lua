-- @noindex
-- Checks what works, and says how to fix the rest.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.doctor")()
