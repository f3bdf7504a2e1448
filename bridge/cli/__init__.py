"""The ``emsync`` command. Each command is a module; its imports wait until it is called."""

from __future__ import annotations

import argparse
import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from engine.errors import EmsyncError

COMMANDS = {
    "score": "compose a soundtrack for a video and write it as MIDI",
    "analyze": "watch a video and write its cue sheet, to look at or edit before composing",
    "serve": "run the local server: jobs, playing, HTTP, WebSocket and OSC",
    "client": "ask the running server for something, and print its answer as JSON",
    "play": "play a score live into a DAW",
    "doctor": "look at what works here, and say what to do about what doesn't",
    "demo": "draw the demo film",
    "prepare": "turn a folder of songs (MIDI, LPD-5) into a token cache to train on",
    "train": "train the music model on a token cache",
    "evaluate": "measure a network: likelihood, boundaries, emotion, musicality, controls",
    "bench": "measure how fast this machine composes and watches, as ratios",
    "pack": "cut a token cache or weights into small compressed parts, to carry them elsewhere",
    "unpack": "put such parts together again",
    "export": "turn trained weights into the network that composing runs on",
}
"""Command -> what it does; the module of the same name has ``arguments(parser)`` and
``run(args)``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 2 for what the user can mend."""
    words = list(sys.argv[1:] if argv is None else argv)
    warnings.showwarning = _show_warning
    try:
        parser, commands = _parser()
        name = next((word for word in words if not word.startswith("-")), "")
        if name in COMMANDS:
            command = importlib.import_module(f"bridge.cli.{name}")
            command.arguments(commands[name])
        args = parser.parse_args(words)
        command.run(args)
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
    except KeyboardInterrupt:
        print("emsync: stopped", file=sys.stderr)
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything here does."""

    def error(self, message: str) -> NoReturn:
        raise EmsyncError(f"{message}; see {self.prog} --help")


def _parser() -> tuple[_Parser, dict[str, _Parser]]:
    parser = _Parser(prog="emsync", description="A soundtrack that fits your film, on five tracks.")
    parser.add_argument("--version", action="version", version=f"emsync {_version()}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    return parser, {
        name: subparsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        for name, text in COMMANDS.items()
    }


def _version() -> str:
    try:
        return version("emsync-bridge")
    except PackageNotFoundError:
        return "from a source tree"


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    print(f"emsync: warning: {message}", file=sys.stderr)
