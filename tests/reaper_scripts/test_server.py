"""The scripts find or start the server, and understand when versions don't fit."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bridge.server.jobs import State

IMPORT = "Score video and import"
ROOT = Path(__file__).parents[2]


def test_a_server_is_started_where_none_runs(reaper, server):
    server.running = False
    reaper.ext["serve"] = "--backend vkb"
    assert reaper.run(IMPORT) == ""
    assert server.start_words == ["serve", "--exit-when-idle", "60", "--backend", "vkb"]
    assert len(reaper.tracks) == 7


def test_a_running_server_is_used_and_never_stopped(reaper, server):
    reaper.run("Score video and record")
    assert server.start_words == [] and server.running
    assert "stop" not in {words[0] for words in server.asked}


@pytest.mark.parametrize("action", [IMPORT, "Score video and record", "Spot hits"])
def test_a_server_that_does_not_start_changes_nothing(reaper, server, action):
    server.running = server.starts = False
    assert reaper.run(action) == (
        "The server did not start: 127.0.0.1:8730 is taken; give another --port."
    )
    assert len(reaper.tracks) == 1 and not reaper.undo and not reaper.markers


def test_the_user_is_asked_for_a_missing_program(reaper):
    program = reaper.ext["program"]
    reaper.ext["program"], reaper.typed = "/nowhere/emsync", program
    assert reaper.run(IMPORT) == ""
    assert reaper.ext["program"] == program


def test_the_program_that_was_installed_with_the_scripts_is_found(reaper, tmp_path):
    folder = tmp_path / "Data/EMSYNC"
    folder.mkdir(parents=True)
    (folder / "program.txt").write_text(reaper.ext.pop("program") + "\n")
    assert reaper.run(IMPORT) == ""
    assert len(reaper.tracks) == 7


def test_a_user_who_does_not_know_the_program_is_told_how_to_install_it(reaper):
    reaper.ext["program"], reaper.press = "/nowhere/emsync", 2
    assert "uv tool install" in reaper.run(IMPORT)


@pytest.mark.parametrize(
    ("program", "running", "sentence"),
    [
        ("9.9.1", "9.9.1", "scripts are version 0.1.0 and emsync is version 9.9.1; update"),
        ("0.1.7", "0.1.0", "A server of version 0.1.0 runs, but emsync is version 0.1.7; end"),
        ("0.1.7", "0.1.7", None),
        ("from a source tree", "from a source tree", None),
    ],
)
def test_versions_that_dont_fit_are_told(reaper, server, program, running, sentence):
    server.program_version, server.version = program, running
    message = reaper.run(IMPORT)
    assert (sentence in message) if sentence else message == ""
    assert (len(reaper.tracks) == 1) == (sentence is not None)


def test_an_emsync_without_handshake_is_told(reaper, server, monkeypatch):
    error = "emsync: argument ACTION: invalid choice: 'hello'; see emsync client --help\n"
    monkeypatch.setattr(server, "answer", lambda words: (2, None, error))
    assert "This emsync is older than these scripts" in reaper.run(IMPORT)


def test_the_version_of_the_scripts_is_that_of_the_package(reaper):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert reaper.module("version") == project["project"]["version"]


def test_waiting_starts_no_process(reaper, server):
    server.steps = [State.COMPOSING] * 100 + [State.DONE]
    reaper.run(IMPORT)
    assert reaper.now > 160
    assert [words[0] for words in server.asked] == ["hello", "request", "files"]


def test_a_server_that_dies_while_it_composes_is_noticed(reaper, server):
    server.steps = [State.COMPOSING] * 100
    server.starts = False
    reaper.later.append((103.0, lambda: setattr(server, "running", False)))
    assert "start emsync serve" in reaper.run(IMPORT)
    assert reaper.now < 120


def test_a_status_file_that_cant_be_read_is_made_good_by_requests(reaper, server, monkeypatch):
    monkeypatch.setattr(server, "tick", lambda: None)
    assert reaper.run(IMPORT) == ""
    assert "status" in [words[0] for words in server.asked]
    assert len(reaper.tracks) == 7


def test_half_written_answers_are_waited_for(reaper):
    reaper.cut_short = True
    assert reaper.run(IMPORT) == ""
    assert len(reaper.tracks) == 7
