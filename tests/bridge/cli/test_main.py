from __future__ import annotations

import importlib
import os
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path

import pytest

from bridge.cli import COMMANDS, MODEL_COMMANDS, main
from bridge.scoring.request import Request


def test_composing_without_a_runtime_says_what_to_install(emsync, clip, monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("bridge.cli.", "engine.model"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "engine.composing.loop", raising=False)
    # None makes an import fail as it does where the package is missing.
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = emsync("score", clip)
    assert result.status == 2
    assert "emsync-bridge[cpu]" in result.err
    assert result.err.count("\n") == 1


def test_former_commands_still_work_and_say_what_they_are_called_now(emsync, tmp_path):
    result = emsync("unpack", tmp_path, "-o", tmp_path / "whole")
    assert result.status == 2
    assert "emsync unpack is now emsync model unpack" in result.err
    assert (
        emsync("model", "unpack", tmp_path, "-o", tmp_path / "whole").err
        == (result.err.splitlines(keepends=True)[-1])
    )


def test_the_help_of_a_group_has_each_command_beside_its_text(capsys):
    for words, commands in ((["--help"], COMMANDS), (["model", "--help"], MODEL_COMMANDS)):
        with pytest.raises(SystemExit):
            main(words)
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        for name, text in commands.items():
            assert [name, *text.split()[:2]] in [words[:3] for words in lines]


@pytest.mark.parametrize("command", [*COMMANDS, *(f"model {name}" for name in MODEL_COMMANDS)])
def test_every_command_has_help(emsync, command):
    with pytest.raises(SystemExit) as stopped:
        emsync(*command.split(), "--help")
    assert stopped.value.code == 0


def options(*words: str) -> set[str]:
    """The long options of a command, hidden ones too."""
    command = importlib.import_module(f"bridge.cli.{words[0]}")
    parser = ArgumentParser()
    command.arguments(parser)
    for word in words[1:]:
        (actions,) = (a for a in parser._actions if isinstance(a.choices, dict))
        parser = actions.choices[word]
    return {text for action in parser._actions for text in action.option_strings}


def test_score_and_client_submit_take_the_same_options_of_a_piece():
    own = {
        "-o",
        "--output",
        "--force",
        "--scores",
        "--soundfont",
        "--model",
        "--device",
        "--precision",
        "--threads",
    }
    only_there = {"--analyze", "--analyse", "--live", "--reserve", "--wait"}
    score, submit = options("score"), options("client", "submit")
    assert score - own == submit - only_there
    named = {field.name for field in fields(Request)} - {
        *("video", "live", "reserve", "film", "rescore", "recut", "exports")
    }
    assert {"--no-film", "--rpp", "--dawproject", "--ardour", "--pdf"} <= score
    assert named <= {text.removeprefix("--").replace("-", "_") for text in score}


def test_serve_takes_the_network_options_of_score():
    assert {"--model", "--device", "--precision", "--threads"} <= options("serve")


def test_names_with_bytes_that_are_no_text_are_printed_all_the_same(tmp_path):
    (tmp_path / "x.mid").write_bytes(b"")
    words = [sys.executable, "-m", "bridge.cli", "play", os.fsencode(tmp_path) + b"/\xff.mid"]
    done = subprocess.run(words, capture_output=True, cwd=Path(__file__).parents[3])
    assert (
        done.returncode == 2 and done.stderr.count(b"\n") == 1 and b"Traceback" not in done.stderr
    )


def test_an_error_of_the_file_system_is_one_line(tmp_path, capsys):
    assert main(["demo", "-o", str(tmp_path / ("n" * 250 + "/" + "m" * 251 + ".mp4"))]) == 2
    assert capsys.readouterr().err.count("\n") == 1
