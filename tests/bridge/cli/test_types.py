from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from bridge.cli import COMMANDS, MODEL_COMMANDS, _Parser, main, types

WRONG = ("x", "", "nan", "1e999", "9" * 5000, "\ud800", "1:2:3:4", "-", "n" * 300)


def actions(parser: argparse.ArgumentParser):
    """All actions of a parser and of its subparsers."""
    for action in parser._actions:
        yield parser, action
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from actions(sub)


@pytest.fixture(params=[*COMMANDS, *(f"model {name}" for name in MODEL_COMMANDS)])
def parser(request):
    """The parser of a command."""
    group, _, name = request.param.partition(" ")
    name = name or group
    if name == "model":
        pytest.skip("a group has no arguments of its own")
    package = "bridge.cli.model" if group == "model" else "bridge.cli"
    command = __import__(f"{package}.{name.replace('-', '_')}", fromlist=["arguments"])
    made = _Parser(prog=f"emsync {request.param}")
    command.arguments(made)
    return made


def test_no_argument_of_any_command_leaks_the_name_of_a_function(parser):
    typed = [(sub, action) for sub, action in actions(parser) if action.type is not None]
    for sub, action in typed:
        for word in WRONG:
            try:
                sub._get_value(action, word)
            except argparse.ArgumentError as error:
                said = str(error)
                assert "\n" not in said and len(said) < 200
                assert not said.startswith("invalid") and ": invalid" not in said, said


@pytest.mark.parametrize("word", ["x", "1.5", "", "9" * 5000])
def test_only_whole_numbers_are_whole(word):
    with pytest.raises(ArgumentTypeError, match="not a whole number"):
        types.whole(word)
    assert types.whole("-3") == -3


@pytest.mark.parametrize("word", ["x", "nan", "inf", "1e999", ""])
def test_only_finite_numbers_are_numbers(word):
    with pytest.raises(ArgumentTypeError, match="not a number"):
        types.number(word)
    assert types.number("-.5") == -0.5


def test_numbers_may_have_a_least_value():
    assert types.at_least(1)("1") == 1
    with pytest.raises(ArgumentTypeError, match="give 1 or more"):
        types.at_least(1)("0")


def test_times_and_ranges_are_seconds():
    assert types.time("1:00:01.5") == 3601.5
    assert types.time_range("0:10-1:00.5") == (10.0, 60.5)
    for wrong in ("10", "1-x", ""):
        with pytest.raises(ArgumentTypeError, match="is not"):
            types.time_range(wrong)


def test_a_name_that_no_file_can_have_is_refused():
    assert types.path("a" * 255) == Path("a" * 255)
    for wrong in ("a" * 256, "ä" * 128, f"folder/{'a' * 256}/file", ""):
        with pytest.raises(ArgumentTypeError):
            types.path(wrong)


def test_a_value_below_zero_is_no_option(capsys):
    assert main(["score", "x", "--mix-original", "-2.5e1", "--seed", "-7"]) == 2
    assert "seed must be a whole number from 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("play", "x", "--from", "abc"), "argument --from: 'abc' is not a time"),
        (("play", "x", "--wait", "nan"), "argument --wait: 'nan' is not a number"),
        (("score", "x", "--mix-original", "-1e309"), "--mix-original: '-1e309' is not a number"),
        (("score", "x", "--density", "-inf"), "argument --density: '-inf' is not a number"),
        (("score", "x", "--start", "-1:00"), "argument --start: '-1:00' is not a time"),
        (("score", "x", "--seed", "1.5"), "argument --seed: '1.5' is not a whole number"),
        (("client", "locate", "soon"), "argument T: 'soon' is not a time"),
        (("model", "prepare", "x", "-o", "y", "--workers", "0"), "give 1 or more"),
    ],
)
def test_the_line_names_the_argument_and_what_it_should_be(capsys, words, said):
    assert main(words) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1 and "invalid" not in err
