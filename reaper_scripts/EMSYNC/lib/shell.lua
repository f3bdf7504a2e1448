-- Words for shells, and the shell scripts that run a program: sh on Linux and macOS, cmd.exe and
-- PowerShell on Windows.

local shell = {}

-- REAPER does not always have the search path of a terminal. These are the places of `uv tool`,
-- pipx, Homebrew and `pip install --user`.
local POSIX_PATH = [[
PATH="$PATH:$HOME/.local/bin:/usr/local/bin:/opt/homebrew/bin"
PATH="$PATH${UV_TOOL_BIN_DIR:+:$UV_TOOL_BIN_DIR}${PIPX_BIN_DIR:+:$PIPX_BIN_DIR}"
PATH="$PATH${XDG_BIN_HOME:+:$XDG_BIN_HOME}"
for each in "$HOME"/Library/Python/3.*/bin; do PATH="$PATH:$each"; done
export PYTHONIOENCODING=utf-8
]]
local POSIX = POSIX_PATH .. [[
%s >%s 2>%s
echo $? >%s
mv -f %s %s
]]
local POSIX_START = POSIX_PATH .. [[
( nohup %s >%s 2>%s </dev/null; echo $? >%s; mv -f %s %s ) >/dev/null 2>&1 &
]]
local WINDOWS = table.concat({
  "@echo off",
  "chcp 65001 >nul",
  "set PYTHONIOENCODING=utf-8",
  'set "PATH=%%PATH%%;%%USERPROFILE%%\\.local\\bin;%%UV_TOOL_BIN_DIR%%;%%PIPX_BIN_DIR%%"',
  'for /d %%%%D in ("%%APPDATA%%\\Python\\Python3*") do '
    .. 'call set "PATH=%%%%PATH%%%%;%%%%~D\\Scripts"',
  'for /d %%%%D in ("%%LOCALAPPDATA%%\\Programs\\Python\\Python3*") do '
    .. 'call set "PATH=%%%%PATH%%%%;%%%%~D\\Scripts"',
  "%s >%s 2>%s",
  -- A digit directly before the > would be a file descriptor.
  ">%s echo %%ERRORLEVEL%%",
  "move /y %s %s >nul",
  "",
}, "\r\n")
-- The mark lets Windows PowerShell read the file as UTF-8.
local POWERSHELL = "\xEF\xBB\xBF"
  .. table.concat({
    "$ErrorActionPreference = 'Stop'",
    "$env:PYTHONIOENCODING = 'utf-8'",
    "$places = @(\"$env:USERPROFILE\\.local\\bin\", $env:UV_TOOL_BIN_DIR, $env:PIPX_BIN_DIR)",
    "$pythons = \"$env:APPDATA\\Python\\Python3*\",",
    "  \"$env:LOCALAPPDATA\\Programs\\Python\\Python3*\"",
    "$places += $pythons | ForEach-Object { Get-Item $_ -ErrorAction SilentlyContinue } | "
      .. "ForEach-Object { \"$($_.FullName)\\Scripts\" }",
    "$env:PATH += ';' + (($places | Where-Object { $_ }) -join ';')",
    "try {",
    "  Start-Process -FilePath %s -ArgumentList %s -WindowStyle Hidden "
      .. "-RedirectStandardOutput %s -RedirectStandardError %s",
    "} catch {",
    "  Set-Content -LiteralPath %s -Value 127",
    "}",
    "",
  }, "\r\n")
-- PowerShell takes each of these for a single quotation mark: the straight one, and U+2018 to 201B.
local POWERSHELL_QUOTES = { "'", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}" }

-- A word, quoted for /bin/sh.
function shell.quote_posix(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- A word, quoted for a .cmd file and then for the arguments of a C program. No name of a file on
-- Windows has a quotation mark; a word with one raises an error.
function shell.quote_cmd(word)
  if word:find('["\r\n]') then
    error(word .. ": has a quotation mark or a line break in its name; rename it", 0)
  end
  return '"' .. word:gsub("\\+$", "%0%0"):gsub("%%", "%%%%") .. '"'
end

-- A word, quoted for the arguments of a C program: backslashes count only before a quotation mark.
function shell.quote_argument(word)
  return '"' .. word:gsub('(\\*)"', '%1%1\\"'):gsub("\\+$", "%0%0") .. '"'
end

-- A text, as a literal of PowerShell.
function shell.quote_powershell(text)
  for _, mark in ipairs(POWERSHELL_QUOTES) do
    text = text:gsub(mark, mark .. mark)
  end
  return "'" .. text .. "'"
end

local function quoted(words, quote)
  local list = {}
  for row, word in ipairs(words) do
    list[row] = quote(word)
  end
  return table.concat(list, " ")
end

-- The shell script that runs a program. The answer goes to `base`.json and errors to `base`.err.
-- Once both are written, the exit status goes to `base`.status.
function shell.script(windows, words, base)
  local quote = windows and shell.quote_cmd or shell.quote_posix
  local part, status = quote(base .. ".part"), quote(base .. ".status")
  return (windows and WINDOWS or POSIX):format(
    quoted(words, quote),
    quote(base .. ".json"),
    quote(base .. ".err"),
    part,
    part,
    status
  )
end

-- The script that starts a program and does not wait for it; for PowerShell on Windows. Its output
-- goes to `base`.out and `base`.err. If it ends or can't start, `base`.status has its exit status;
-- on Windows only if it can't start.
function shell.start_script(windows, words, base)
  if not windows then
    local quote = shell.quote_posix
    local part, status = quote(base .. ".part"), quote(base .. ".status")
    return POSIX_START:format(
      quoted(words, quote), quote(base .. ".out"), quote(base .. ".err"), part, part, status
    )
  end
  local quote = shell.quote_powershell
  return POWERSHELL:format(
    quote(words[1]),
    quote(quoted({ table.unpack(words, 2) }, shell.quote_argument)),
    quote(base .. ".out"),
    quote(base .. ".err"),
    quote(base .. ".status")
  )
end

return shell
