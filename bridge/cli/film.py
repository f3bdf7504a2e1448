"""The options about the film that ``score`` and ``analyze`` share, and what they lead to."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from bridge.cli.progress import progress_bar
from engine.analysis import analyze
from engine.cues import EKMAN, CueSheet, parse_time, read_boundaries
from engine.emotion.perception import override


def film_arguments(parser: ArgumentParser) -> None:
    """Add the film and what a user may say about it."""
    parser.add_argument("video", type=Path, metavar="VIDEO", help="the film")
    parser.add_argument(
        "--emotion",
        choices=("auto", *EKMAN),
        default="auto",
        help="the film's emotion, in place of what is perceived (default: auto)",
    )
    parser.add_argument("--valence", type=float, metavar="V", help="-1 unpleasant .. 1 pleasant")
    parser.add_argument("--arousal", type=float, metavar="A", help="-1 calm .. 1 excited")
    parser.add_argument(
        "--boundaries",
        type=Path,
        metavar="FILE",
        help="where chords should land instead of the cuts: a time a line, in seconds or "
        "HH:MM:SS.mmm, counted from --start",
    )
    parser.add_argument(
        "--start", type=parse_time, metavar="T", help="score from here on (file time; default: 0)"
    )
    parser.add_argument(
        "--end", type=parse_time, metavar="T", help="score up to here (file time; default: the end)"
    )


def watch(args: Namespace) -> CueSheet:
    """Analyze the film."""
    with progress_bar("Watching ", 100, "%") as show:
        return analyze(args.video, args.start or 0.0, args.end, lambda share: show(100 * share))


def apply_wishes(cues: CueSheet, args: Namespace) -> CueSheet:
    """The cue sheet with the user's own emotion and boundaries in place."""
    emotion = None if args.emotion == "auto" else args.emotion
    if emotion is not None or args.valence is not None or args.arousal is not None:
        sections = override(cues.sections, emotion, args.valence, args.arousal)
        cues = replace(cues, sections=sections)
    if args.boundaries is not None:
        cues = replace(cues, boundaries=read_boundaries(args.boundaries, cues.duration))
    return cues
