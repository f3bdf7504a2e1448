"""The cue sheet: the boundaries and emotions of a film, which its music is composed for.

All times are seconds from the score's zero, which is the ``start`` of the scored part of the film.
Users can edit the JSON form of a cue sheet and compose for it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.checks import Fields, any_text, number, times
from engine.errors import EmsyncError
from engine.files import read_text, write_atomically

EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
"""Ekman's six basic emotions, in the order of every probability vector (paper, III-B4)."""


@dataclass(frozen=True, slots=True)
class Video:
    """The film.

    duration: of the whole file, in seconds. fps: nominal frame rate. width, height: in pixels as
    displayed, with rotation applied.
    """

    path: str
    duration: float
    fps: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of film with one emotion.

    start, end: seconds. probabilities: by Ekman emotion, with the sum 1; empty if the user gave
    valence and arousal. valence, arousal: -1..1; NaN if unknown (JSON: null). source: where the
    emotion comes from, e.g. ``"colour, motion, cutting rate"`` or ``"user"``.
    """

    start: float
    end: float
    probabilities: Mapping[str, float]
    valence: float
    arousal: float
    source: str


@dataclass(frozen=True, slots=True)
class CueSheet:
    """The boundaries that need a chord, and the emotion of each section.

    start, end: the scored part, in seconds of the file; the score's zero is ``start``. cuts: every
    cut found, rising. boundaries: the cuts that the music marks (t_diff apart), or the user's own,
    rising. sections: contiguous, from 0 to ``end - start``.
    """

    video: Video
    start: float
    end: float
    cuts: tuple[float, ...]
    boundaries: tuple[float, ...]
    sections: tuple[Section, ...]

    @property
    def duration(self) -> float:
        """Length of the scored part, in seconds."""
        return self.end - self.start


def to_json(cues: CueSheet) -> str:
    """The cue sheet as JSON; an unknown valence or arousal is null."""
    sheet = asdict(cues)
    for section in sheet["sections"]:
        for field in ("valence", "arousal"):
            if math.isnan(section[field]):
                section[field] = None
    return json.dumps(sheet, indent=2, allow_nan=False) + "\n"


def from_json(text: str, name: str = "cue sheet") -> CueSheet:
    """The cue sheet in JSON that ``to_json`` wrote and a user may have edited.

    name: what errors call the cue sheet. ``cuts`` and a section's ``probabilities`` and ``source``
    may be missing; a missing emotion has the probability 0. Raises EmsyncError for any other fault.
    """
    try:
        values = json.loads(text, parse_int=float)
    except (json.JSONDecodeError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not JSON ({error}); correct it or analyze again") from error
    sheet = Fields(name, values)
    if "points" in sheet and "video" not in sheet:
        raise EmsyncError(f"{name}: is a plan, not a cue sheet; give the film, and --plan {name}")
    film = sheet.object("video")
    video = Video(
        path=film.get("path", any_text),
        duration=film.get("duration", number(0.0)),
        fps=film.get("fps", number(0.0)),
        width=int(film.get("width", number(1.0))),
        height=int(film.get("height", number(1.0))),
    )
    start = sheet.get("start", number(0.0, video.duration))
    end = sheet.get("end", number(start, video.duration + _SLACK))
    if end == start:
        raise sheet.error("end", "must be after start")
    duration = end - start
    return CueSheet(
        video=video,
        start=start,
        end=end,
        cuts=sheet.get("cuts", times(duration)) if "cuts" in sheet else (),
        boundaries=sheet.get("boundaries", times(duration)),
        sections=_sections(sheet, duration),
    )


def write_cues(cues: CueSheet, path: str | Path) -> None:
    """Write the cue sheet to ``path`` as JSON, atomically.

    Raises EmsyncError if ``path`` can't be written.
    """
    write_atomically(path, to_json(cues))


def read_cues(path: str | Path) -> CueSheet:
    """Read a cue sheet. Raises EmsyncError that names the file and the wrong field."""
    return from_json(read_text(path), str(path))


def check_same_film(cues: CueSheet, video: Video) -> None:
    """Check that a cue sheet belongs to a film: the same size, and half a second apart at most.

    Raises EmsyncError if it does not.
    """
    sheet = cues.video
    same_size = (sheet.width, sheet.height) == (video.width, video.height)
    if not same_size or abs(sheet.duration - video.duration) > 0.5:
        raise EmsyncError(
            f"{video.path}: lasts {video.duration:.1f} s at {video.width}x{video.height}, but the "
            f"cue sheet is of a film of {sheet.duration:.1f} s at {sheet.width}x{sheet.height} "
            f"({sheet.path}); analyze this film again"
        )


def parse_time(text: str) -> float:
    """Seconds from ``75.5``, ``1:15.5`` or ``00:01:15.500``. Raises ValueError for other texts."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text.strip()!r} is not a time in seconds or HH:MM:SS.mmm")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def read_boundaries(path: str | Path, duration: float) -> tuple[float, ...]:
    """The user's own boundaries from a text file, in seconds, rising, within 0..``duration``.

    Each line has one time in a form that ``parse_time`` reads. Blank lines and ``#`` comments are
    skipped. Raises EmsyncError that names the wrong line.
    """
    found: list[float] = []
    for row, line in enumerate(read_text(path).splitlines(), start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        where = f"{path}, line {row}"
        try:
            time = parse_time(text)
        except ValueError as error:
            raise EmsyncError(f"{where}: {error}") from error
        if time > duration:
            raise EmsyncError(f"{where}: {text} is beyond the end, {duration:.3f} s; remove it")
        if found and time <= found[-1]:
            raise EmsyncError(f"{where}: {text} is not after the time before it; sort the times")
        found.append(time)
    return tuple(found)


_SLACK = 0.01
"""How far an edited section may end from its neighbour or from the film's end, in seconds."""

_TIME = re.compile(
    r"(?:(?:(\d+):(?=[0-5]?\d:))?(\d+):(?=[0-5]?\d(?!\d)))?(\d+(?:\.\d*)?)", re.ASCII
)
"""[[hours:]minutes:]seconds; a number after a larger unit stays below 60."""


def _sections(sheet: Fields, duration: float) -> tuple[Section, ...]:
    """The sections, joined exactly where they meet within ``_SLACK``."""
    sections: list[Section] = []
    place = 0.0
    objects = sheet.objects("sections")
    for index, fields in enumerate(objects):
        if abs(fields.get("start", number(0.0)) - place) > _SLACK:
            raise fields.error("start", f"must be {place:g}: sections follow without gaps")
        end = fields.get("end", number(place, duration + _SLACK))
        if index == len(objects) - 1:
            if duration - end > _SLACK:
                raise fields.error("end", f"must be {duration:g}: the sections cover the film")
            end = duration
        if end <= place:
            raise fields.error("end", "must be after the section's start")
        sections.append(
            Section(
                start=place,
                end=end,
                probabilities=_probabilities(fields),
                valence=fields.get("valence", _coordinate),
                arousal=fields.get("arousal", _coordinate),
                source=fields.get("source", any_text) if "source" in fields else "user",
            )
        )
        place = end
    if not sections:
        raise sheet.error("sections", "must hold at least one section")
    return tuple(sections)


def _coordinate(name: str, value: Any) -> Any:
    """A check for -1..1, or null for NaN."""
    return math.nan if value is None else number(-1.0, 1.0)(name, value)


def _probabilities(section: Fields) -> Mapping[str, float]:
    if "probabilities" not in section:
        return {}
    given = section.object("probabilities")
    if not list(given):
        return {}
    for emotion in given:
        if emotion not in EKMAN:
            raise given.error(emotion, f"is no known emotion; use {', '.join(EKMAN)}")
    probabilities = {
        emotion: given.get(emotion, number(0.0, 1.0)) if emotion in given else 0.0
        for emotion in EKMAN
    }
    total = sum(probabilities.values())
    if abs(total - 1) > 0.01:
        raise section.error("probabilities", f"sum to {total:g}; they must sum to 1")
    return probabilities
