"""``emsync tempo``: which tempi let a film's boundaries fall on beats."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bridge.cli.options import BEATS, film_arguments, planning_arguments, request_values
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
    planning_arguments(parser)


def run(args: Namespace) -> None:
    """Print the best tempi as a table, the best first."""
    values = request_values(args)
    del values["time_signature"]  # it is for the search alone
    cues = analyze_film(parse_request(values), phase_bar)
    beats = BEATS[args.time_signature]
    fits = rank_tempi(cues.boundaries, cues.duration, cues.sections[0].arousal, beats)
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
