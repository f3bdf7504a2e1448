"""Options of the music that several commands share, and what they lead to."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path
from typing import Any

from bridge.cli.film_options import cues_argument
from bridge.cli.sound_options import export_arguments, sound_arguments, soundfont_argument
from bridge.cli.types import at_least
from bridge.scoring.limits import DYNAMICS, HUMANIZE, TAKES
from bridge.scoring.network import NetworkOptions
from engine.composing.sampling import Sampling
from engine.model.header import read_header
from engine.model.precision import PRECISIONS
from engine.plan.plan import FEELS, TIME_SIGNATURES
from engine.score import Instrument


def music_arguments(parser: ArgumentParser) -> None:
    """Add what a user may ask of the music."""
    cues_argument(parser)
    parser.add_argument(
        "--plan", type=Path, metavar="FILE",
        help="keep a plan that emsync plan wrote, edited or not (default: plan for the film)",
    )  # fmt: skip
    parser.add_argument(
        "--theme", type=Path, metavar="FILE",
        help="begin with the theme in this MIDI file, and come back to it. The piece has the "
        "theme's tempo, time signature and key, unless other options name others",
    )  # fmt: skip
    parser.add_argument(
        "--theme-part", metavar="NAME",
        help="who plays the theme (default: by the name or the program of its track)",
    )  # fmt: skip
    parser.add_argument(
        "--changes", type=Path, metavar="FILE",
        help="make a live piece again: its changes, from its report.json. Give its other options "
        "and its seed too",
    )  # fmt: skip
    parser.add_argument(
        "--free", action="store_true", default=None,
        help="compose in free time, without a plan; bars, harmony and ending are the network's own",
    )  # fmt: skip
    parser.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes and keep the best (default: {TAKES})",
    )  # fmt: skip
    performance_arguments(parser)
    export_arguments(parser)
    plan_arguments(parser)
    sampling_arguments(parser)


def old_score_arguments(parser: ArgumentParser, usual: str) -> None:
    """Add what a user may ask of music and files that follow an old score.

    usual: what holds for the playing without options, such as "that of OUT".
    """
    performance_arguments(parser, usual)
    sampling_arguments(parser)
    sound_arguments(parser)
    soundfont_argument(parser)
    export_arguments(parser)
    network_arguments(parser)


def performance_arguments(parser: ArgumentParser, usual: str | None = None) -> None:
    """Add how freely notes are played. usual: what holds without the options."""
    parser.add_argument(
        "--dynamics", type=float, metavar="D",
        help="how freely notes are played: 0 flat .. 1 as songs are played "
        f"(default: {usual or f'{DYNAMICS:g}'})",
    )  # fmt: skip
    parser.add_argument(
        "--humanize", type=float, metavar="H",
        help="release notes early, and strum guitar chords, as players do: 0 as written .. 1 as in "
        f"songs (default: {usual or f'{HUMANIZE:g}'})",
    )  # fmt: skip
    parser.add_argument(
        "--expression", action="store_true", default=None,
        help="also write swells of the strings (CC 11) and the piano's sustain pedal (CC 64)",
    )  # fmt: skip


def plan_arguments(parser: ArgumentParser) -> None:
    """Add what a user may fix of the plan."""
    parser.add_argument(
        "--seed", type=int, metavar="N", help="another seed gives another piece (default: 0)"
    )
    parser.add_argument(
        "--instruments", metavar="A,B,...",
        help=f"who plays (default: {','.join(i.value for i in Instrument)})",
    )  # fmt: skip
    tempo_arguments(parser)
    parser.add_argument(
        "--tempo-map", type=Path, metavar="FILE",
        help="keep the beats and bars of your project: a MIDI file that your DAW exports, whose "
        "start is that of the film",
    )  # fmt: skip
    parser.add_argument(
        "--feel", metavar="F",
        help=f"how a beat divides: {', '.join(FEELS)} (default: straight)",
    )  # fmt: skip
    parser.add_argument(
        "--key", metavar="K", help="the key, such as C, F#m or 'Bb major' (default: by the emotion)"
    )
    parser.add_argument(
        "--chords", metavar="SYMBOLS",
        help="repeat these chords, one a bar: 'Am F C G'. With bar lines a bar may have "
        "several: 'Am | F G' (default: progressions that songs have)",
    )  # fmt: skip
    parser.add_argument(
        "--density", type=float, metavar="N",
        help="notes a second, all instruments together (default: by the emotion)",
    )  # fmt: skip


def tempo_arguments(parser: ArgumentParser) -> None:
    """Add the tempo and the time signature."""
    parser.add_argument(
        "--bpm", type=float, metavar="B",
        help="keep this tempo, in quarter notes a minute (default: the one that fits the cuts)",
    )  # fmt: skip
    parser.add_argument(
        "--time-signature", "--meter", metavar="T",
        help=f"the time signature of a usual bar: {', '.join(TIME_SIGNATURES)} (default: 4/4)",
    )  # fmt: skip


def sampling_arguments(parser: ArgumentParser) -> None:
    """Add how freely the network composes."""
    usual = Sampling()
    parser.add_argument(
        "--temperature", type=float, metavar="T",
        help=f"above 1 bolder, below 1 safer (default: {usual.temperature:g})",
    )  # fmt: skip
    parser.add_argument(
        "--top-p", type=float, metavar="P",
        help="draw among the likeliest tokens that have this total probability "
        f"(default: {usual.top_p:g})",
    )  # fmt: skip
    parser.add_argument(
        "--min-p", type=float, metavar="P",
        help="leave out tokens below this share of the likeliest one "
        f"(default: {usual.min_p:g})",
    )  # fmt: skip
    parser.add_argument(
        "--guidance", type=float, metavar="G",
        help="follow the emotion G times as strongly as songs do "
        f"(default: {usual.guidance:g})",
    )  # fmt: skip
    parser.add_argument(
        "--repetition", type=float, metavar="R",
        help=f"favour what was played bars ago; 0 does not (default: {usual.repetition:g})",
    )  # fmt: skip


def sampling(args: Namespace) -> Sampling:
    """The sampling that was asked for. Raises EmsyncError for a value out of range."""
    given = {field.name: getattr(args, field.name) for field in fields(Sampling)}
    return Sampling(**{name: value for name, value in given.items() if value is not None})


def network_arguments(parser: ArgumentParser) -> None:
    """Add the network and what it runs on."""
    parser.add_argument(
        "--model", type=Path, metavar="FILE",
        help="the network: exported weights, .safetensors (default: the one that comes with "
        "emsync)",
    )  # fmt: skip
    parser.add_argument(
        "--device", default="auto", metavar="DEVICE",
        help="auto, cpu, cuda, directml or coreml; the CPU replaces a missing one (default: auto)",
    )  # fmt: skip
    parser.add_argument(
        "--precision", choices=PRECISIONS,
        help="the precision of the arithmetic (default: the fastest on the device)",
    )  # fmt: skip
    parser.add_argument(
        "--threads", type=at_least(1), default=0, metavar="N",
        help="CPU threads that compose (default: one for each core)",
    )  # fmt: skip


def network_options(args: Namespace) -> NetworkOptions:
    """The network that was asked for. Raises EmsyncError for a file that is none."""
    if args.model is not None:
        # Loading it comes only after a film has been analyzed, which may take long.
        read_header(args.model)
    return NetworkOptions(args.model, args.device, args.threads, args.precision)


def former(parser: ArgumentParser, spelling: str, dest: str, **options: Any) -> None:
    """Add a former spelling of an option; help does not show it."""
    parser.add_argument(spelling, dest=dest, help=SUPPRESS, **options)
