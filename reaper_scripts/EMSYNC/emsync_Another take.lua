-- @noindex
-- Composes another take for the same plan, as a take of the same items.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.another_take")()
