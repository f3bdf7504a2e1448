"""The options that say what of a finished score is composed anew, and how it changes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from bridge.cli.emotion_option import word_argument
from bridge.scoring.selection import FIELDS
from engine.score import Instrument
from engine.timecode import parse_time


def selection_arguments(parser: ArgumentParser) -> None:
    """Add what is composed anew, and what changes there."""
    names = ",".join(i.value for i in Instrument)
    parser.add_argument(
        "--section", type=int, metavar="N", help="compose this section of the film anew; 1 is first"
    )
    parser.add_argument(
        "--from", dest="from_", type=parse_time, metavar="T",
        help="compose from this time of the score on (default: its start)",
    )  # fmt: skip
    parser.add_argument(
        "--to", type=parse_time, metavar="T", help="compose up to this time (default: its end)"
    )
    parser.add_argument(
        "--exact", dest="snap", action="store_false", default=None,
        help="take --from and --to to the letter (default: the nearest bar lines)",
    )  # fmt: skip
    parser.add_argument(
        "--part", dest="parts", metavar="A,B,...",
        help=f"compose these parts alone, of {names} (default: all)",
    )  # fmt: skip
    word_argument(parser, "what is composed anew")
    parser.add_argument("--valence", type=float, metavar="V", help="-1 unpleasant .. 1 pleasant")
    parser.add_argument("--arousal", type=float, metavar="A", help="-1 calm .. 1 excited")
    parser.add_argument(
        "--density", type=float, metavar="N",
        help="notes a second there, all instruments together (default: as planned)",
    )  # fmt: skip
    parser.add_argument(
        "--instruments", metavar="A,B,...", help="who plays there (default: as planned)"
    )
    parser.add_argument(
        "--chords", metavar="SYMBOLS",
        help="repeat these chords there: 'Am F C G', or 'Am | F G' with several in a bar "
        "(default: as planned)",
    )  # fmt: skip


def selection_values(args: Namespace) -> dict[str, Any]:
    """The options that were given, as a selection in JSON."""
    values: dict[str, Any] = {
        name: getattr(args, {"from": "from_"}.get(name, name), None) for name in FIELDS
    }
    for name in ("parts", "instruments"):
        if values[name] is not None:
            words = values[name].split(",")
            values[name] = [word.strip().lower() for word in words if word.strip()]
    if values["emotion"] == "auto":
        values["emotion"] = None
    return {name: value for name, value in values.items() if value is not None}
