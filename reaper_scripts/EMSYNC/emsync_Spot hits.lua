-- @noindex
-- Marks the cuts of the selected video, without composing.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.spot_hits")()
