from __future__ import annotations

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_a_shell_receives_the_quoted_words_unchanged(reaper, words):
    quoted = [reaper.module("client").quote_posix(word) for word in words]
    command = "printf '%s\\0' " + " ".join(quoted)
    received = subprocess.run(["/bin/sh", "-c", command.encode()], capture_output=True, check=True)
    assert received.stdout.decode().split("\0")[:-1] == words


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        (r"C:\My films\100% ü.mp4", r'"C:\My films\100%% ü.mp4"'),
        ("C:\\films\\", '"C:\\films\\\\"'),
        ("a & b", '"a & b"'),
    ],
)
def test_words_are_quoted_for_windows(reaper, word, quoted):
    assert reaper.module("client").quote_windows(word) == quoted


def test_quotation_marks_are_refused_for_windows(reaper):
    with pytest.raises(Exception, match="rename it"):
        reaper.module("client").quote_windows('a "b".mp4')


def test_the_script_for_windows_writes_answer_errors_and_status(reaper):
    words = reaper.lua.table("emsync", "client", "status")
    lines = reaper.module("client").script(True, words, r"C:\a b\x").split("\r\n")
    assert lines[1:4] == [
        "chcp 65001 >nul",
        "set PYTHONIOENCODING=utf-8",
        r'"emsync" "client" "status" >"C:\a b\x.json" 2>"C:\a b\x.err"',
    ]
    assert lines[4:6] == [
        r'>"C:\a b\x.part" echo %ERRORLEVEL%',
        r'move /y "C:\a b\x.part" "C:\a b\x.status" >nul',
    ]
