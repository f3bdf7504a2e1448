"""Words for shells: each shell's own rules, on names as users have them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
WINDOWS_PATHS = [
    r"C:\Users\Jürgen Ö\My films\100% ünser film.mp4",
    r"C:\Users\山田 太郎\映画\夏.mov",
    r"C:\Users\O'Brien & Söhne\a^b (1)!.mp4",
    "C:\\films\\",
    r"\\server\share\cut %TEMP% %%.mp4",
    "D:\\it\u2019s \u2018quoted\u2019 \u201aso\u201b.mp4",
    "$env:PATH `n $(calc)",
    "",
]


def percent_signs(line: str) -> str:
    """A line of a .cmd file as cmd.exe takes it where every % is doubled."""
    assert "%" not in line.replace("%%", ""), "a variable would be read"
    return line.replace("%%", "%")


def arguments(line: str) -> Iterator[str]:
    """The arguments of a command line, by the documented rules of Microsoft's C runtime."""
    word, quoted, begun, place = "", False, False, 0
    while place < len(line):
        slashes = 0
        while line[place : place + 1] == "\\":
            slashes, place = slashes + 1, place + 1
        if line[place : place + 1] == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
            begun, place = True, place + 1
            continue
        word, begun = word + "\\" * slashes, begun or slashes > 0
        letter = line[place : place + 1]
        place += 1
        if letter in (" ", "\t") and not quoted:
            if begun:
                yield word
            word, begun = "", False
        elif letter:
            word, begun = word + letter, True
    if begun:
        yield word


def literal(text: str) -> str:
    """The value of a literal of PowerShell; each of its five quotation marks is doubled within."""
    marks = "'\u2018\u2019\u201a\u201b"
    assert text[0] == text[-1] == "'"
    inner, value, place = text[1:-1], "", 0
    while place < len(inner):
        if inner[place] in marks:
            assert inner[place + 1] in marks, "the literal ends early"
            place += 1
        value, place = value + inner[place], place + 1
    return value


@SHARED
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_a_shell_receives_the_quoted_words_unchanged(reaper, words):
    quoted = [reaper.module("shell").quote_posix(word) for word in words]
    command = "printf '%s\\0' " + " ".join(quoted)
    received = subprocess.run(["/bin/sh", "-c", command.encode()], capture_output=True, check=True)
    assert received.stdout.decode().split("\0")[:-1] == words


@pytest.mark.parametrize("word", WINDOWS_PATHS)
def test_cmd_and_a_program_receive_the_word_unchanged(reaper, word):
    line = f"emsync {reaper.module('shell').quote_cmd(word)} end"
    assert list(arguments(percent_signs(line))) == ["emsync", word, "end"]


@SHARED
@given(st.text(st.sampled_from('\\" a%ü'), max_size=9))
def test_a_program_receives_any_quoted_argument_unchanged(reaper, word):
    line = f"{reaper.module('shell').quote_argument(word)} end"
    assert list(arguments(line)) == [word, "end"]


@pytest.mark.parametrize("word", WINDOWS_PATHS)
def test_powershell_reads_the_literal_unchanged(reaper, word):
    assert literal(reaper.module("shell").quote_powershell(word)) == word


@pytest.mark.parametrize("word", ['a "b".mp4', "a\r\nb"])
def test_words_that_no_name_on_windows_can_be_are_refused(reaper, word):
    with pytest.raises(Exception, match="rename it"):
        reaper.module("shell").quote_cmd(word)


def test_the_script_for_cmd_writes_answer_errors_and_status(reaper):
    words = reaper.lua.table("emsync", "client", "status")
    lines = reaper.module("shell").script(True, words, r"C:\a b\x").split("\r\n")
    assert lines[:3] == ["@echo off", "chcp 65001 >nul", "set PYTHONIOENCODING=utf-8"]
    assert lines[3].startswith(r'set "PATH=%PATH%;%USERPROFILE%\.local\bin;')
    assert lines[4] == (
        r'for /d %%D in ("%APPDATA%\Python\Python3*") do call set "PATH=%%PATH%%;%%~D\Scripts"'
    )
    assert lines[6:9] == [
        r'"emsync" "client" "status" >"C:\a b\x.json" 2>"C:\a b\x.err"',
        r'>"C:\a b\x.part" echo %ERRORLEVEL%',
        r'move /y "C:\a b\x.part" "C:\a b\x.status" >nul',
    ]


def test_the_script_for_powershell_starts_a_hidden_program(reaper):
    words = reaper.lua.table(r"C:\Jürgen's\emsync.exe", "serve", "--state", "C:\\my films\\")
    text = reaper.module("shell").start_script(True, words, r"C:\a b\serve")
    assert text.startswith("\ufeff")
    (line,) = [line.strip() for line in text.split("\r\n") if "Start-Process" in line]
    assert line == (
        r"Start-Process -FilePath 'C:\Jürgen''s\emsync.exe' "
        r"""-ArgumentList '"serve" "--state" "C:\my films\\"' -WindowStyle Hidden """
        r"-RedirectStandardOutput 'C:\a b\serve.out' -RedirectStandardError 'C:\a b\serve.err'"
    )


@pytest.mark.parametrize("place", [".local/bin", "Library/Python/3.12/bin", "uv tools ü/bin"])
def test_the_program_is_found_where_installers_put_it(reaper, tmp_path, place):
    home = tmp_path / "home"
    (home / place).mkdir(parents=True)
    (home / place / "emsync").write_text('#!/bin/sh\nprintf "%s" "$*"\nexit 3\n')
    (home / place / "emsync").chmod(0o755)
    base = str(tmp_path / "it's")
    text = reaper.module("shell").script(False, reaper.lua.table("emsync", "a b"), base)
    env = {"HOME": str(home), "PATH": "/bin:/usr/bin", "UV_TOOL_BIN_DIR": f"{home}/uv tools ü/bin"}
    subprocess.run(["/bin/sh", "-c", text], check=True, env=env)
    assert (tmp_path / "it's.json").read_text() == "a b"
    assert (tmp_path / "it's.status").read_text() == "3\n"
