"""The values of the command line's options, as a request takes them."""

from __future__ import annotations

import warnings
from argparse import Namespace
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.scoring.live import read_changes
from bridge.scoring.request import Request
from engine.cues import CueSheet, Video
from engine.cues_json import read_cues
from engine.errors import EmsyncError
from engine.plan.json_form import read_plan
from engine.plan.tempo_map import read_tempo_map
from engine.plan.theme_file import read_theme
from engine.score import Instrument
from engine.timecode import Clock, frame_at, is_label, label_at, parse_rate
from engine.timeline.cue_sheet import hits_of
from engine.timeline.formats import read_hits
from engine.timeline.spotting import read_spotting
from engine.video.reader import open_video


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
        read_lists(args, values)
    elif getattr(args, "start_timecode", None) or getattr(args, "frame_rate", None):
        values["start_timecode"] = given_clock(args).start
    if "no_hits" in values:
        values["no_hits"] = _stretches(args, values)
    if "hit_offset" in values:
        values["hit_offset"] = _frames(args, values["hit_offset"])
    if "plan" in values:
        values["plan"] = read_plan(values["plan"])
    if "changes" in values:
        values["changes"] = read_changes(values["changes"])
    if "theme" in values:
        values["theme"] = read_theme(values["theme"], _theme_part(args.theme_part))
    elif getattr(args, "theme_part", None) is not None:
        raise EmsyncError("--theme-part: goes with --theme; name the file of the theme")
    if "tempo_map" in values:
        values["tempo_map"] = read_tempo_map(values["tempo_map"])
    return values


def warn_of_unused(request: Request) -> None:
    """Warn of options that say how emotion is read, where the user gave all of it."""
    if not request.user_emotion.is_whole:
        return
    usual = {field.name: field.default for field in fields(Request)}
    unused = [name for name in _READING if getattr(request, name) != usual[name]]
    if unused:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
        warnings.warn(
            f"{names}: no effect, because you gave the emotion of the whole film", stacklevel=2
        )


_READING = ("mapping", "listen_to_music", "emotion_network")
"""Fields of a request that say how emotion is read, and no more."""


def _theme_part(name: str | None) -> Instrument | None:
    known = {instrument.value: instrument for instrument in Instrument}
    if name is not None and name.lower() not in known:
        raise EmsyncError(f"--theme-part {name!r}: choose from {', '.join(known)}")
    return None if name is None else known[name.lower()]


def _stretches(args: Namespace, values: dict[str, Any]) -> list[list[float]]:
    """The stretches without hits, in seconds from the start. Raises EmsyncError for a wrong one."""
    cues = values.get("cues") or _sheet(args.video)
    start = values.get("start", 0.0) if cues is None else cues.start
    clock = Clock(None, None, Fraction(start))
    found = []
    for text in values["no_hits"]:
        first, dash, last = text.partition("-")
        if not dash:
            raise EmsyncError(f"--no-hits {text!r}: give two times, such as 0:10-0:20")
        if is_label(first) or _is_frames(first) or is_label(last) or _is_frames(last):
            clock = given_clock(args, _film(args, cues), Fraction(start))
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
    film = _film(args, _sheet(args.video))
    try:
        return sign * frame_at(size, given_clock(args, film).own_rate)
    except ValueError as error:
        raise EmsyncError(f"--hit-offset {text!r}: {error}") from error


def read_lists(args: Namespace, values: dict[str, Any]) -> None:
    """Put the hits and the spotting list of the files that ``values`` names in their place.

    args: has ``video`` (a path), ``frame_rate`` and ``start_timecode``. Raises EmsyncError for a
    list that can't be read.
    """
    cues = values.get("cues") or _sheet(args.video)
    film = _film(args, cues)
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


def _sheet(path: Path) -> CueSheet | None:
    """The cue sheet that stands in place of a film; None for a film."""
    return read_cues(path) if path.suffix == ".json" else None


def _film(args: Namespace, cues: CueSheet | None) -> Video:
    return open_video(args.video).video if cues is None else cues.video
