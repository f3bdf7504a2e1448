"""Options of scoring that several commands share, and what they lead to."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.cli.emotion_option import emotion_argument
from bridge.scoring.network import NetworkOptions
from bridge.scoring.request import TAKES, Request
from engine.composing.sampling import Sampling
from engine.cues import Video, parse_time, read_cues
from engine.errors import EmsyncError
from engine.model.precision import PRECISIONS
from engine.plan.json_form import read_plan
from engine.plan.plan import FEELS, TIME_SIGNATURES
from engine.plan.tempo_map import read_tempo_map
from engine.score import Instrument
from engine.timecode import RATES, Clock, frame_at, is_label, label_at, parse_rate
from engine.timeline.cue_sheet import hits_of
from engine.timeline.formats import read_hits
from engine.timeline.spotting import read_spotting
from engine.video.boundaries import T_DIFF
from engine.video.reader import open_video


def film_arguments(parser: ArgumentParser, video: str = "the film") -> None:
    """Add the film and what a user may say about it. video: the help of its argument."""
    parser.add_argument("video", type=Path, metavar="VIDEO", help=video)
    emotion_argument(parser)
    parser.add_argument("--valence", type=float, metavar="V", help="-1 unpleasant .. 1 pleasant")
    parser.add_argument("--arousal", type=float, metavar="A", help="-1 calm .. 1 excited")
    boundary_arguments(parser)


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


def music_arguments(parser: ArgumentParser) -> None:
    """Add what a user may ask of the music."""
    cues_argument(parser)
    parser.add_argument(
        "--plan", type=Path, metavar="FILE",
        help="keep a plan that emsync plan wrote, edited or not (default: plan for the film)",
    )  # fmt: skip
    parser.add_argument(
        "--free", action="store_true", default=None,
        help="compose in free time, without a plan; bars, harmony and ending are the network's own",
    )  # fmt: skip
    parser.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes and keep the best (default: {TAKES})",
    )  # fmt: skip
    plan_arguments(parser)
    sampling_arguments(parser)


def cues_argument(parser: ArgumentParser) -> None:
    """Add the cue sheet."""
    parser.add_argument(
        "--cues", type=Path, metavar="FILE", help="use an edited cue sheet; do not analyze the film"
    )


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
        help="amplify all conditions; 1 leaves the network as it is "
        f"(default: {usual.guidance:g})",
    )  # fmt: skip
    parser.add_argument(
        "--repetition", type=float, metavar="R",
        help=f"favour what was played bars ago; 0 does not (default: {usual.repetition:g})",
    )  # fmt: skip


def request_values(args: Namespace) -> dict[str, Any]:
    """The options of a request that were given, as ``parse_request`` takes them.

    Reads the files that they name. Raises EmsyncError for one that can't be read.
    """
    names = [field.name for field in fields(Request)]
    values = {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}
    values["video"] = str(args.video)
    if "instruments" in values:
        words = values["instruments"].split(",")
        values["instruments"] = [word.strip().lower() for word in words if word.strip()]
    if "cues" in values:
        values["cues"] = read_cues(values["cues"])
    if "boundaries" in values or "spotting" in values:
        _read_lists(args, values)
    elif "start_timecode" in values:
        values["start_timecode"] = given_clock(args).start
    if "no_hits" in values:
        values["no_hits"] = _stretches(args, values)
    if "hit_offset" in values:
        values["hit_offset"] = _frames(args, values["hit_offset"])
    if "plan" in values:
        values["plan"] = read_plan(values["plan"])
    if "tempo_map" in values:
        values["tempo_map"] = read_tempo_map(values["tempo_map"])
    return values


def _stretches(args: Namespace, values: dict[str, Any]) -> list[list[float]]:
    """The stretches without hits, in seconds from the start. Raises EmsyncError for a wrong one."""
    cues = values.get("cues") or (read_cues(args.video) if _is_sheet(args.video) else None)
    start = values.get("start", 0.0) if cues is None else cues.start
    clock = Clock(None, None, Fraction(start))
    found = []
    for text in values["no_hits"]:
        first, dash, last = text.partition("-")
        if not dash:
            raise EmsyncError(f"--no-hits {text!r}: give two times, such as 0:10-0:20")
        if is_label(first) or _is_frames(first) or is_label(last) or _is_frames(last):
            film = open_video(args.video).video if cues is None else cues.video
            clock = given_clock(args, film, Fraction(start))
        try:
            ends = [float(clock.seconds(each)) - start for each in (first, last)]
        except ValueError as error:
            raise EmsyncError(f"--no-hits {text!r}: {error}") from error
        if ends[1] <= max(ends[0], 0.0):
            raise EmsyncError(f"--no-hits {text!r}: the second time must be the later one")
        found.append([max(0.0, ends[0]), ends[1]])
    return found


def _is_frames(text: str) -> bool:
    return text.strip().lower().endswith(("f", "frame", "frames"))


def _frames(args: Namespace, text: str) -> int:
    """The frames of an offset: a number, or a timecode. Raises EmsyncError for another text."""
    size = text.strip().lstrip("+-")
    sign = -1 if text.strip().startswith("-") else 1
    if size.isascii() and size.isdecimal() and len(size) < 10:
        return sign * int(size)
    if not is_label(size):
        raise EmsyncError(
            f"--hit-offset {text!r}: give a number of frames, such as 2 or -2, or a timecode"
        )
    film = read_cues(args.video).video if _is_sheet(args.video) else open_video(args.video).video
    try:
        return sign * frame_at(size, given_clock(args, film).own_rate)
    except ValueError as error:
        raise EmsyncError(f"--hit-offset {text!r}: {error}") from error


def _read_lists(args: Namespace, values: dict[str, Any]) -> None:
    """Put the hits and the spotting list of the files that ``values`` names in their place."""
    cues = values.get("cues") or (read_cues(args.video) if _is_sheet(args.video) else None)
    film = open_video(args.video).video if cues is None else cues.video
    start, end = values.get("start", 0.0), values.get("end", film.duration)
    if cues is not None:
        start, end = cues.start, cues.end
    clock = given_clock(args, film, Fraction(start))
    if "boundaries" in values:
        hits = read_hits(values["boundaries"], clock)
        values["boundaries"] = list(hits_of(hits, start, end, film.duration))
        clock = replace(clock, start=hits.clock.start)
    if "spotting" in values:
        spotting, clock = read_spotting(values["spotting"], clock, start, end)
        values["spotting"] = list(spotting)
    # The list or the film may have a first frame of its own.
    if clock.start is not None:
        values["start_timecode"] = clock.start


def given_clock(args: Namespace, film: Video | None = None, zero: Fraction = Fraction(0)) -> Clock:
    """The timecode of a list, by the options and the film; zero: where clock times count from.

    A drop-frame rate makes a start with colons drop-frame. Raises EmsyncError for a wrong rate and
    for a start that it does not have.
    """
    own = Clock() if film is None else film.clock
    try:
        rate = own.rate if args.frame_rate is None else parse_rate(args.frame_rate)
    except ValueError as error:
        raise EmsyncError(f"--frame-rate: {error}") from error
    start = args.start_timecode or own.start
    try:
        if start is not None and rate is not None and rate.drop:
            start = label_at(frame_at(start, rate), rate)
        return Clock(rate, start, zero)
    except ValueError as error:
        raise EmsyncError(f"--start-timecode: {error}") from error


def _is_sheet(path: Path) -> bool:
    return path.suffix == ".json"


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
        "--threads", type=int, default=0, metavar="N", help="CPU threads (default: all)"
    )


def network_options(args: Namespace) -> NetworkOptions:
    """The network that was asked for."""
    return NetworkOptions(args.model, args.device, args.threads, args.precision)


def former(parser: ArgumentParser, spelling: str, dest: str, **options: Any) -> None:
    """Add a former spelling of an option; help does not show it."""
    parser.add_argument(spelling, dest=dest, help=SUPPRESS, **options)
