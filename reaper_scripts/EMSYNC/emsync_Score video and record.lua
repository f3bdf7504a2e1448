-- @description EMSYNC: compose for the selected video and record it on five tracks
-- @author EMSYNC Bridge
-- @version 0.1.0
-- @changelog
--   Thirteen actions, one window, and no terminal: the scripts start the server themselves
-- @provides
--   [main] emsync_Score video and import.lua
--   [main] emsync_Rescore selection.lua
--   [main] emsync_Score new cut.lua
--   [main] emsync_Another take.lua
--   [main] emsync_Compare takes.lua
--   [main] emsync_Spot hits.lua
--   [main] emsync_Send markers.lua
--   [main] emsync_Start from my theme.lua
--   [main] emsync_Import piece.lua
--   [main] emsync_Settings.lua
--   [main] emsync_Panic.lua
--   [main] emsync_Doctor.lua
--   [nomain] lib/*.lua
--   [nomain] lib/actions/*.lua
-- @about
--   Select a video item and run this action. EMSYNC analyzes the film and composes for it. REAPER
--   records the music on five new tracks, and each take is compared with the score. Other actions
--   import the music at once, compose a part of it again, or compare takes.

local folder = select(2, reaper.get_action_context()):match("^(.*[/\\])")
package.path = folder .. "?.lua;" .. package.path

require("lib.actions.score_and_record")()
