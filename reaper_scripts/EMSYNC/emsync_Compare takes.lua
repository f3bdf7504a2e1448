-- @noindex
-- Shows the next take of all five items, at the same moment.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.compare_takes")()
