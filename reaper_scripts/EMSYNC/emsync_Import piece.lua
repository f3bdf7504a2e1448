-- @noindex
-- Imports a finished piece of the server.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.import_piece")()
