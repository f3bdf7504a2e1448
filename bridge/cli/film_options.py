"""Options of films that several commands share: what is read of them, and what is marked."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from bridge.cli.emotion_option import emotion_argument
from engine.emotion.experts.registry import NAMES
from engine.emotion.fusion import MAPPINGS
from engine.timecode import RATES, parse_time
from engine.video.boundaries import T_DIFF


def film_arguments(parser: ArgumentParser, video: str = "the film") -> None:
    """Add the film and what a user may say about it. video: the help of its argument."""
    parser.add_argument("video", type=Path, metavar="VIDEO", help=video)
    emotion_argument(parser)
    parser.add_argument("--valence", type=float, metavar="V", help="-1 unpleasant .. 1 pleasant")
    parser.add_argument("--arousal", type=float, metavar="A", help="-1 calm .. 1 excited")
    perception_arguments(parser)
    boundary_arguments(parser)


def perception_arguments(parser: ArgumentParser) -> None:
    """Add how the emotion of the film is read."""
    parser.add_argument(
        "--experts", metavar="LIST",
        help=f"who reads the film's emotion, with commas: {', '.join(NAMES)} (default: all that "
        "can work; emsync doctor lists them)",
    )  # fmt: skip
    parser.add_argument(
        "--mapping", choices=MAPPINGS,
        help="paper: valence and arousal from the six probabilities alone (default: fusion, with "
        "what experts read directly and the contrast within the film)",
    )  # fmt: skip
    parser.add_argument(
        "--listen-to-music", action="store_true", default=None,
        help="let the film's own music count in its emotion (default: it is left out)",
    )  # fmt: skip
    parser.add_argument(
        "--emotion-network", metavar="FILE",
        help="a fusion network that emsync model train-emotion wrote, for the six probabilities",
    )  # fmt: skip


def boundary_arguments(parser: ArgumentParser) -> None:
    """Add which part of the film counts, and where its boundaries are."""
    parser.add_argument(
        "--boundaries", type=Path, metavar="FILE",
        help="hits where chords land instead of the cuts: text, CSV, EDL, FCPXML, OTIO, AAF, MIDI "
        "or a marker list. Clock times count from --start. Timecode and frames are the film's",
    )  # fmt: skip
    parser.add_argument(
        "--spotting", type=Path, metavar="FILE",
        help="where the film has music: cues with in and out points, such as "
        "'01:00:12:05 - 01:00:45:00 1m1', in a file of the same formats; each becomes a piece",
    )  # fmt: skip
    timecode_arguments(parser)
    parser.add_argument(
        "--sensitivity", type=float, metavar="S",
        help="2 also finds cuts that stand out half as much, 0.5 only those that stand out twice "
        "as much (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--min-distance", type=float, metavar="SECONDS",
        help=f"the least distance of boundaries (default: {T_DIFF:g})",
    )  # fmt: skip
    parser.add_argument(
        "--no-hits", metavar="FROM-TO", action="append",
        help="mark nothing in this stretch of the film; the music goes on. May be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--hit-offset", metavar="N",
        help="begin chords N frames after their hits, or before them if N is negative "
        "(--hit-offset=-2); N may be a timecode (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=parse_time, metavar="T",
        help="score from this time of the film (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--end", type=parse_time, metavar="T", help="score up to this time (default: the end)"
    )


def timecode_arguments(parser: ArgumentParser) -> None:
    """Add what a user may say about timecode."""
    parser.add_argument(
        "--start-timecode", metavar="TC",
        help="the timecode of the film's first frame, such as 01:00:00:00 (default: the film's or "
        "the list's own, else zero)",
    )  # fmt: skip
    parser.add_argument(
        "--frame-rate", metavar="R",
        help=f"the frame rate of a list: {', '.join(RATES)} (default: the list's own, else the "
        "film's)",
    )  # fmt: skip


def scores_argument(parser: ArgumentParser) -> None:
    """Add the file that keeps what was measured."""
    parser.add_argument(
        "--scores", type=Path, metavar="FILE",
        help="keep the scores of all frames in FILE; where it exists, use it and do not decode "
        "the film, e.g. to try another --sensitivity",
    )  # fmt: skip


def cues_argument(parser: ArgumentParser) -> None:
    """Add the cue sheet."""
    parser.add_argument(
        "--cues", type=Path, metavar="FILE", help="use an edited cue sheet; do not analyze the film"
    )
