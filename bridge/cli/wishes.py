"""The options about the music itself: tempo, metre, key, density."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from engine.music.conditions import METRES, Conditions, asked_for


def wish_arguments(parser: ArgumentParser) -> None:
    """Add what a user may ask of the music."""
    parser.add_argument(
        "--bpm", type=float, metavar="B", help="keep to this tempo (default: the music's own)"
    )
    parser.add_argument(
        "--meter", metavar="M", help=f"with --bpm: {', '.join(METRES)} (default: 4/4)"
    )
    parser.add_argument("--key", metavar="K", help="such as C, F#m or 'Bb major'")
    parser.add_argument(
        "--density", type=float, metavar="N", help="so many notes a second, all parts together"
    )


def wishes(args: Namespace) -> Conditions:
    """What is asked of the music."""
    return asked_for(args.bpm, args.meter, args.key, args.density)
