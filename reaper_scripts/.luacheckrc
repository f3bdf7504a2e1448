std = "lua54"
globals = { "gfx" }
read_globals = { "reaper" }
max_line_length = 100
