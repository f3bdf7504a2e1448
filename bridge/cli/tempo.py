"""``emsync tempo``: which tempi let a film's boundaries fall on beats."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.options import film_arguments, request_values
from bridge.cli.progress import phase_bar
from bridge.scoring.pipeline import analyze_film
from bridge.scoring.request import parse_request
from engine.plan.tempo_search import MOST_BEND, TempoFit, rank_tempi

ROWS = 10
"""How many tempi are printed."""
APART = 0.02
"""The least difference between two printed tempi, as a share."""


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    film_arguments(parser)
    parser.add_argument(
        "--cues", type=Path, metavar="FILE", help="use an edited cue sheet; do not analyze the film"
    )
    parser.add_argument(
        "--beats", type=int, default=4, choices=(2, 3, 4), help="beats in a bar (default: 4)"
    )


def run(args: Namespace) -> None:
    """Print the best tempi as a table, the best first."""
    cues = analyze_film(parse_request(request_values(args)), phase_bar)
    fits = rank_tempi(cues.boundaries, cues.duration, cues.sections[0].arousal, args.beats)
    apart: list[TempoFit] = []
    for fit in fits:
        if all(abs(fit.tempo / other.tempo - 1) > APART for other in apart):
            apart.append(fit)
    print(
        f"{len(cues.boundaries)} boundaries in {cues.duration:.1f} s; "
        f"the tempo bends by {MOST_BEND:.0%} at most"
    )
    print("  tempo  downbeats  other beats  missed   bend  unusual bars")
    for fit in apart[:ROWS]:
        hits = [anchor for anchor in fit.anchors if anchor.seconds in cues.boundaries]
        downbeats = sum(anchor.downbeat for anchor in hits)
        unusual = sum(bar != fit.beats_per_bar for bar in fit.bars)
        print(
            f"{fit.tempo:7.1f}  {downbeats:9}  {len(hits) - downbeats:11}  {len(fit.missed):6}"
            f"  {fit.bend:5.1%}  {unusual:12}"
        )
