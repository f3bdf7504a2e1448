-- @noindex
-- Composes for the selected video and imports the music on five tracks, without playing it.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.score_and_import")()
