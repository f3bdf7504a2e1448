-- @noindex
-- Shows and saves the settings of this project.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.settings")()
