"""The cue sheet: what a film asks of its music.

All times are seconds from the score's zero, which is the ``start`` of the part of the film that
is scored. The JSON form is a user's to read, edit and hand back (``emsync score --cues``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.errors import EmsyncError
from engine.files import write_atomically

EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
"""Ekman's six basic emotions, in the order of every probability vector (paper, III-B4)."""


@dataclass(frozen=True, slots=True)
class Video:
    """The film: ``duration`` in seconds of the whole file, nominal ``fps``, size as displayed
    (rotation applied) in pixels."""

    path: str
    duration: float
    fps: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of film with one emotion.

    probabilities: by Ekman emotion, summing to 1; empty when valence and arousal were given.
    valence, arousal: -1..1; NaN when unknown (JSON: null).
    source: where they come from, e.g. ``"colour, motion, cutting rate"`` or ``"user"``.
    """

    start: float
    end: float
    probabilities: Mapping[str, float]
    valence: float
    arousal: float
    source: str


@dataclass(frozen=True, slots=True)
class CueSheet:
    """The request: boundaries to land chords on and the emotion of each section.

    start, end: the scored part in file time, seconds; the score's zero is ``start``.
    cuts: every cut found, rising. boundaries: those asked of the music (after t_diff, or a
    user's own). sections: contiguous, from 0 to ``end - start``.
    """

    video: Video
    start: float
    end: float
    cuts: tuple[float, ...]
    boundaries: tuple[float, ...]
    sections: tuple[Section, ...]

    @property
    def duration(self) -> float:
        """Length of the scored part in seconds."""
        return self.end - self.start


def to_json(cues: CueSheet) -> str:
    """The cue sheet as a user's JSON; an unknown valence or arousal is null."""
    sheet = asdict(cues)
    for section in sheet["sections"]:
        for field in ("valence", "arousal"):
            if math.isnan(section[field]):
                section[field] = None
    return json.dumps(sheet, indent=2, allow_nan=False) + "\n"


def from_json(text: str, name: str = "cue sheet") -> CueSheet:
    """Read what ``to_json`` wrote, edited or not; ``name`` is what errors call it.

    ``cuts`` and a section's ``probabilities`` and ``source`` may be missing, emotions left out
    count 0, and whole numbers serve as floats. Raises EmsyncError for anything else amiss.
    """
    try:
        sheet = _Fields(json.loads(text, parse_int=float), name, "")
    except (json.JSONDecodeError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not JSON ({error}); mend it or analyze again") from error
    film = sheet.fields("video")
    video = Video(
        path=film.text("path"),
        duration=film.number("duration", 0.0),
        fps=film.number("fps", 0.0),
        width=int(film.number("width", 1.0)),
        height=int(film.number("height", 1.0)),
    )
    start = sheet.number("start", 0.0, video.duration)
    end = sheet.number("end", start, video.duration + _SLACK)
    if end == start:
        raise sheet.amiss("end", "must be after start")
    duration = end - start
    return CueSheet(
        video=video,
        start=start,
        end=end,
        cuts=sheet.times("cuts", duration) if "cuts" in sheet else (),
        boundaries=sheet.times("boundaries", duration),
        sections=_sections(sheet, duration),
    )


def write_cues(cues: CueSheet, path: str | Path) -> None:
    """Write the cue sheet to ``path`` as JSON, whole or not at all.

    Raises EmsyncError when ``path`` can't be written.
    """
    write_atomically(path, to_json(cues))


def read_cues(path: str | Path) -> CueSheet:
    """Read a cue sheet; raises EmsyncError naming the file and the field that is wrong."""
    return from_json(_read_text(path), str(path))


def check_same_film(cues: CueSheet, video: Video) -> None:
    """Raise EmsyncError unless the cue sheet is of this film: the same size, and the same duration
    within half a second."""
    sheet = cues.video
    same_size = (sheet.width, sheet.height) == (video.width, video.height)
    if not same_size or abs(sheet.duration - video.duration) > 0.5:
        raise EmsyncError(
            f"{video.path}: lasts {video.duration:.1f} s at {video.width}x{video.height}, but the "
            f"cue sheet is of a film of {sheet.duration:.1f} s at {sheet.width}x{sheet.height} "
            f"({sheet.path}); analyze this film anew"
        )


def parse_time(text: str) -> float:
    """Seconds from ``75.5``, ``1:15.5`` or ``00:01:15.500``; raises ValueError for all else."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text.strip()!r} is not a time in seconds or HH:MM:SS.mmm")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def read_boundaries(path: str | Path, duration: float) -> tuple[float, ...]:
    """A user's own boundaries, rising, within 0..``duration`` seconds.

    One time a line, as ``parse_time`` takes it; blank lines and ``#`` comments are skipped.
    Raises EmsyncError naming the line that is wrong.
    """
    times: list[float] = []
    for number, line in enumerate(_read_text(path).splitlines(), start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        where = f"{path}, line {number}"
        try:
            time = parse_time(text)
        except ValueError as error:
            raise EmsyncError(f"{where}: {error}") from error
        if time > duration:
            raise EmsyncError(f"{where}: {text} is beyond the end, {duration:.3f} s; remove it")
        if times and time <= times[-1]:
            raise EmsyncError(f"{where}: {text} is not after the time before it; sort the times")
        times.append(time)
    return tuple(times)


_SLACK = 0.01
"""Seconds by which a hand-edited section may miss its neighbour or the end."""

_TIME = re.compile(
    r"(?:(?:(\d+):(?=[0-5]?\d:))?(\d+):(?=[0-5]?\d(?!\d)))?(\d+(?:\.\d*)?)", re.ASCII
)
"""[[hours:]minutes:]seconds; what has a greater unit before it stays below 60."""


class _Fields:
    """A JSON object whose fields are asked for by kind; every error names file and field."""

    def __init__(self, value: Any, name: str, place: str) -> None:
        self._name, self._place = name, place
        if not isinstance(value, dict):
            raise EmsyncError(f"{name}: {place or 'the whole'} must be a JSON object")
        self._values = value

    def __contains__(self, field: str) -> bool:
        return field in self._values

    def amiss(self, field: str, what: str) -> EmsyncError:
        return EmsyncError(f"{self._name}: {self._at(field)} {what}")

    def _at(self, field: str) -> str:
        return f"{self._place}.{field}" if self._place else field

    def value(self, field: str) -> Any:
        if field not in self._values:
            raise self.amiss(field, "is missing")
        return self._values[field]

    def text(self, field: str) -> str:
        value = self.value(field)
        if not isinstance(value, str):
            raise self.amiss(field, "must be a text in quotes")
        return value

    def number(self, field: str, low: float, high: float = math.inf) -> float:
        return self._number(field, self.value(field), low, high)

    def known(self, field: str) -> float:
        """A number of -1..1, or NaN for null."""
        value = self.value(field)
        return math.nan if value is None else self._number(field, value, -1.0, 1.0)

    def fields(self, field: str) -> _Fields:
        return _Fields(self.value(field), self._name, self._at(field))

    def items(self, field: str) -> list[Any]:
        value = self.value(field)
        if not isinstance(value, list):
            raise self.amiss(field, "must be a list")
        return value

    def objects(self, field: str) -> list[_Fields]:
        return [
            _Fields(value, self._name, self._at(f"{field}[{place}]"))
            for place, value in enumerate(self.items(field))
        ]

    def times(self, field: str, duration: float) -> tuple[float, ...]:
        """Rising times in seconds within 0..duration."""
        times = tuple(
            self._number(f"{field}[{place}]", value, 0.0, duration)
            for place, value in enumerate(self.items(field))
        )
        for place, (before, after) in enumerate(pairwise(times), start=1):
            if after <= before:
                raise self.amiss(f"{field}[{place}]", f"is not after {before:g}; sort the times")
        return times

    def _number(self, field: str, value: Any, low: float, high: float) -> float:
        if not isinstance(value, float):
            raise self.amiss(field, "must be a number")
        if not low <= value <= high or math.isinf(value):
            bounds = f"from {low:g} to {high:g}" if math.isfinite(high) else f"of at least {low:g}"
            raise self.amiss(field, f"is {value:g}; it must be a number {bounds}")
        return value


def _sections(sheet: _Fields, duration: float) -> tuple[Section, ...]:
    """The sections, joined exactly where they meet within ``_SLACK``."""
    sections: list[Section] = []
    place = 0.0
    objects = sheet.objects("sections")
    for number, fields in enumerate(objects):
        if abs(fields.number("start", 0.0) - place) > _SLACK:
            raise fields.amiss("start", f"must be {place:g}: sections follow without gaps")
        end = fields.number("end", place, duration + _SLACK)
        if number == len(objects) - 1:
            if duration - end > _SLACK:
                raise fields.amiss("end", f"must be {duration:g}: the sections cover the film")
            end = duration
        if end <= place:
            raise fields.amiss("end", "must be after the section's start")
        sections.append(
            Section(
                start=place,
                end=end,
                probabilities=_probabilities(fields),
                valence=fields.known("valence"),
                arousal=fields.known("arousal"),
                source=fields.text("source") if "source" in fields else "user",
            )
        )
        place = end
    if not sections:
        raise sheet.amiss("sections", "must hold at least one section")
    return tuple(sections)


def _probabilities(section: _Fields) -> Mapping[str, float]:
    if "probabilities" not in section or section.value("probabilities") == {}:
        return {}
    given = section.fields("probabilities")
    for emotion in section.value("probabilities"):
        if emotion not in EKMAN:
            raise given.amiss(emotion, f"is no emotion known here; use {', '.join(EKMAN)}")
    probabilities = {
        emotion: given.number(emotion, 0.0, 1.0) if emotion in given else 0.0 for emotion in EKMAN
    }
    total = sum(probabilities.values())
    if abs(total - 1) > 0.01:
        raise section.amiss("probabilities", f"sum to {total:g}; they must sum to 1")
    return probabilities


def _read_text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise EmsyncError(f"{path}: is not a UTF-8 text; save it as one") from error
