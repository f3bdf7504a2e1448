"""The ``emsync`` command. Each command is a module, imported when it is called."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from bridge.cli.types import TYPES
from bridge.version import own_version
from engine.errors import EmsyncError, one_line

COMMANDS: Mapping[str, str] = {
    "score": "compose a soundtrack for a film and write it as MIDI, as sound and as a film",
    "preview": "open a scored film in the player of the desktop",
    "recut": "score a new cut of a film, and keep the notes of what did not change",
    "rescore": "compose a section or parts of a finished score anew, and keep the rest",
    "analyze": "find a film's cuts and emotion, and write them as a cue sheet to edit",
    "cues": "turn hits from one format into another: text, CSV, EDL, FCPXML, OTIO, MIDI, cue sheet",
    "tempo": "rank tempi by how many of a film's boundaries fall on their beats",
    "plan": "plan the beats and bars of a piece, to edit before composing",
    "measure": "measure how a score fits a film: chords on cuts, AV-Align, tag KL, runtime",
    "originality": "find the passages that a MIDI file shares with the training songs",
    "serve": "run the local server: jobs, playback, HTTP, WebSocket and OSC",
    "open": "open the page of the running server in a browser",
    "client": "send a request to the running server, and print its answer as JSON",
    "play": "play a score live into a DAW",
    "reaper": "put the scripts for REAPER where REAPER finds them",
    "doctor": "check what works on this machine, and say how to fix the rest",
    "demo": "draw the demo film",
    "bench": "measure how fast this machine composes and analyzes, as ratios",
    "model": "for researchers: train, evaluate and export networks",
}
"""Command -> what it does. The module of the same name (``_`` for ``-``) has ``arguments(parser)``
and, unless it is a group, ``run(args)``."""

MODEL_COMMANDS: Mapping[str, str] = {
    "prepare": "turn a folder of songs (MIDI, LPD-5) into a token cache",
    "train": "train the music model on a token cache",
    "train-performance": "train the velocity network on a folder of songs",
    "count-articulation": "count how early songs release notes, for the lengths of notes",
    "evaluate-performance": "compare the dynamics of pieces with those of songs",
    "count-harmony": "count how harmony goes in a folder of songs, for the planner of harmony",
    "count-rating": "count what songs have, for the rating of takes",
    "fingerprint": "make the fingerprint of a corpus, for the check of originality",
    "train-emotion": "train the paper's fusion network, which reads a film's emotion",
    "evaluate-emotion": "measure how well the emotion of labelled films is read",
    "download": "download a network that is too large to come with emsync",
    "evaluate": "measure a network: likelihood, boundaries, emotion, musicality, controls",
    "export": "turn trained weights into the network that composes",
    "pack": "cut a token cache or weights into small compressed chunks, to carry them elsewhere",
    "unpack": "join such chunks again",
}
"""The commands of the group ``emsync model``, likewise."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 2 for what the user can mend."""
    words = list(sys.argv[1:] if argv is None else argv)
    warnings.showwarning = _show_warning
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files may have bytes that the terminal's encoding lacks.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        args = _parse(_current(words))
        args.run(args)
        sys.stdout.flush()
    except EmsyncError as error:
        print(f"emsync: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name != "onnxruntime":
            raise
        print(
            "emsync: onnxruntime is not installed; composing needs one of: "
            "pip install 'emsync-bridge[cpu]' or 'emsync-bridge[gpu]'",
            file=sys.stderr,
        )
        return 2
    except BrokenPipeError:
        # Whoever reads the output has gone, such as `head`. Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        # Such as a name that is too long: what a command does not foresee is still one line.
        where = f"{error.filename}: " if error.filename else ""
        line = one_line(f"{where}{error.strerror or error}; check the path")
        print(f"emsync: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("emsync: stopped", file=sys.stderr)
        return 130
    return 0


_NEGATIVE = re.compile(r"-(\.?\d|inf|nan)", re.IGNORECASE)
"""How a value below zero begins; options begin with a letter."""


class _CommandHelp(argparse.HelpFormatter):
    """Lists commands with their texts beside them, however long their names are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)

    def add_argument(self, action: argparse.Action) -> None:
        """Count the indentation of commands, which argparse forgets."""
        super().add_argument(action)
        if isinstance(action.choices, dict):
            self._action_max_length += self._indent_increment


class _Parser(argparse.ArgumentParser):
    """Reports errors in one line, without names of functions."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # argparse takes -1e3, -inf and -1:00 for options, and says that a value is missing.
        self._negative_number_matcher = _NEGATIVE
        for kind, convert in TYPES.items():
            self.register("type", kind, convert)

    def parse_known_args(self, *args: Any, **options: Any) -> Any:
        """As in argparse, but a command refuses by itself what it does not know.

        argparse has the outermost parser do so, whose help does not list the command's options.
        """
        namespace, unknown = super().parse_known_args(*args, **options)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._nearest(unknown[0])}")
        return namespace, unknown

    def _nearest(self, word: str) -> str:
        """The option that a mistyped one may mean, as the end of an error; often empty."""
        shown = [
            option
            for action in self._actions
            if action.help != argparse.SUPPRESS
            for option in action.option_strings
        ]
        near = get_close_matches(word.partition("=")[0], shown, 1, 0.7)
        return f" (did you mean {near[0]}?)" if near else ""

    def error(self, message: str) -> NoReturn:
        raise EmsyncError(f"{message}; see {self.prog} --help")


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="emsync",
        description="A soundtrack that fits your film, on five tracks.",
        formatter_class=_CommandHelp,
    )
    parser.add_argument("--version", action="version", version=f"emsync {own_version()}")
    names = [word for word in words if not word.startswith("-")]
    groups = _add_commands(parser, COMMANDS, "bridge.cli", names[:1])
    if names[:1] == ["model"]:
        _add_commands(groups["model"], MODEL_COMMANDS, "bridge.cli.model", names[1:2])
    return parser.parse_args(words)


def _add_commands(
    parser: argparse.ArgumentParser,
    commands: Mapping[str, str],
    package: str,
    chosen: Sequence[str],
) -> dict[str, argparse.ArgumentParser]:
    """Add a parser for each command; only the chosen one's module is imported."""
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", dest=f"{package} command")
    parsers: dict[str, argparse.ArgumentParser] = {}
    for name, text in commands.items():
        description = f"{text[0].upper()}{text[1:]}."
        parsers[name] = subparsers.add_parser(name, help=text, description=description)
        if name == "model":
            parsers[name].formatter_class = _CommandHelp
    for name in chosen:
        if name in commands and name != "model":
            command = importlib.import_module(f"{package}.{name.replace('-', '_')}")
            command.arguments(parsers[name])
            parsers[name].set_defaults(run=command.run)
    return parsers


def _current(words: list[str]) -> list[str]:
    """The words with a former command such as ``emsync train`` as it is spelled now."""
    for place, word in enumerate(words):
        if word in MODEL_COMMANDS:
            warnings.warn(f"emsync {word} is now emsync model {word}", stacklevel=2)
            return [*words[:place], "model", *words[place:]]
        if not word.startswith("-"):
            break
    return words


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    # Late, since most commands neither warn nor have a bar.
    from tqdm import tqdm

    # It writes above a progress bar, where print would break the bar's line.
    tqdm.write(f"emsync: warning: {one_line(str(message))}", sys.stderr)
