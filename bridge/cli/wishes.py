"""The options about the music itself: tempo, metre, key, density."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from engine.errors import EmsyncError
from engine.music.conditions import METRES, UNKNOWN, Conditions, parse_key, parse_metre

SLOWEST, FASTEST = 30.0, 300.0
SPARSEST, DENSEST = 0.5, 40.0


def wish_arguments(parser: ArgumentParser) -> None:
    """Add what a user may ask of the music."""
    parser.add_argument(
        "--bpm", type=float, metavar="B", help="keep to this tempo (default: the music's own)"
    )
    parser.add_argument(
        "--meter", type=parse_metre, default=UNKNOWN, metavar="M",
        help=f"with --bpm: {', '.join(METRES)} (default: 4/4)",
    )  # fmt: skip
    parser.add_argument(
        "--key", type=parse_key, default=UNKNOWN, metavar="K", help="such as C, F#m or 'Bb major'"
    )
    parser.add_argument(
        "--density", type=float, metavar="N", help="so many notes a second, all parts together"
    )


def wishes(args: Namespace) -> Conditions:
    """What is asked of the music."""
    if args.bpm is not None and not SLOWEST <= args.bpm <= FASTEST:
        raise EmsyncError(f"bpm {args.bpm:g}: give {SLOWEST:g} to {FASTEST:g}")
    if args.bpm is None and args.meter == args.meter:
        raise EmsyncError("meter: give --bpm too; bars are counted by it")
    if args.density is not None and not SPARSEST <= args.density <= DENSEST:
        raise EmsyncError(f"density {args.density:g}: give {SPARSEST:g} to {DENSEST:g}")
    return Conditions(
        tempo=UNKNOWN if args.bpm is None else args.bpm,
        metre=args.meter,
        key=args.key,
        density=UNKNOWN if args.density is None else args.density,
    )
