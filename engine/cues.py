"""The cue sheet: the boundaries and emotions of a film, which its music is composed for.

All times are seconds from the score's zero, which is the ``start`` of the scored part of the film.
Users can edit the JSON form of a cue sheet and compose for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args

from engine.checks import Check, Fields, any_text, items, number
from engine.emotion.notation import checked_emotion
from engine.emotion.words import felt
from engine.errors import EmsyncError
from engine.files import read_text, write_atomically
from engine.hits import Hit, Stretch, any_emotion, hit_json, rising_hits, stretches
from engine.section import EKMAN as EKMAN
from engine.section import Evidence
from engine.section import Section as Section
from engine.spotting import MusicCue, cue_json, spotting_list
from engine.timecode import Clock, clock_seconds, rate_near

TransitionKind = Literal["cut", "dissolve", "fade"]
KINDS: tuple[TransitionKind, ...] = get_args(TransitionKind)
"""The kinds of transitions."""


@dataclass(frozen=True, slots=True)
class Video:
    """The film.

    duration: of the whole file, in seconds. fps: nominal frame rate. width, height: in pixels as
    displayed, with rotation applied. timecode: of the first frame; None if unknown, which counts as
    zero.
    """

    path: str
    duration: float
    fps: float
    width: int
    height: int
    timecode: str | None = None

    @property
    def clock(self) -> Clock:
        """The film's timecode. Its rate is unknown if no timecode is defined for ``fps``.

        Raises ValueError for a first frame whose timecode the rate does not have.
        """
        return Clock(rate_near(self.fps), self.timecode)


@dataclass(frozen=True, slots=True)
class Transition:
    """How one shot gives way to the next.

    time: the moment that the music marks, in seconds. For a cut it is the first frame of the new
    shot, for a dissolve its centre. For a fade it is the first visible picture after the black.
    kind: one of ``KINDS``. start: when the old picture begins to go. centre: of a dissolve, where
    both pictures are equally strong; of a fade, the middle of the black. end: when only the new
    picture is left. All four are the same for a cut. strength: how much changes, 0..1, where black
    to white is 1.
    """

    time: float
    kind: TransitionKind = "cut"
    start: float = math.nan
    centre: float = math.nan
    end: float = math.nan
    strength: float = 1.0

    def __post_init__(self) -> None:
        for field in ("start", "centre", "end"):
            if math.isnan(getattr(self, field)):
                object.__setattr__(self, field, self.time)

    def moved(self, at: Callable[[float], float]) -> Transition:
        """The transition in another time. at: gives the new time of an old one."""
        return Transition(
            at(self.time), self.kind, at(self.start), at(self.centre), at(self.end), self.strength
        )

    def overlaps(self, other: Transition) -> bool:
        """Whether they share a moment."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class CueSheet:
    """The boundaries that need a chord, and the emotion of each section.

    start, end: the scored part, in seconds of the file; the score's zero is ``start``. cuts: every
    transition found, in the order of their times. hits: what the music marks: transitions (t_diff
    apart), or the user's own hits, rising. sections: contiguous, from 0 to ``end - start``.
    no_hits: stretches in which nothing is marked.
    spotting: the cues of the film's music, by time; empty for music from beginning to end.
    """

    video: Video
    start: float
    end: float
    cuts: tuple[Transition, ...]
    hits: tuple[Hit, ...]
    sections: tuple[Section, ...]
    no_hits: tuple[Stretch, ...] = ()
    spotting: tuple[MusicCue, ...] = ()

    @property
    def boundaries(self) -> tuple[float, ...]:
        """The times of the hits, in seconds."""
        return tuple(hit.seconds for hit in self.hits)

    @property
    def duration(self) -> float:
        """Length of the scored part, in seconds."""
        return self.end - self.start

    def timecode(self, seconds: float) -> str:
        """The film's timecode at a time of the score, or its clock time if its rate has none."""
        return self.video.clock.text(self.start + seconds)


def to_json(cues: CueSheet) -> str:
    """The cue sheet as JSON; an unknown valence or arousal is null."""
    sheet = asdict(cues)
    sheet["cuts"] = [_cut_json(cut) for cut in cues.cuts]
    sheet = {"boundaries" if name == "hits" else name: value for name, value in sheet.items()}
    sheet["boundaries"] = [hit_json(hit) for hit in cues.hits]
    if not cues.no_hits:
        del sheet["no_hits"]
    sheet["spotting"] = [cue_json(cue) for cue in cues.spotting]
    if not cues.spotting:
        del sheet["spotting"]
    if cues.video.timecode is None:
        del sheet["video"]["timecode"]
    sheet["sections"] = [section_json(section) for section in cues.sections]
    return json.dumps(sheet, indent=2, allow_nan=False) + "\n"


def section_json(section: Section) -> dict[str, Any]:
    """A section as a JSON object; an unknown valence or arousal is null."""
    content = asdict(section)
    for field in ("valence", "arousal"):
        if math.isnan(content[field]):
            content[field] = None
    for field in ("evidence", "arousal_from", "word"):
        if not content[field]:
            del content[field]
    return content


def from_json(text: str, name: str = "cue sheet") -> CueSheet:
    """The cue sheet in JSON that ``to_json`` wrote and a user may have edited.

    name: what errors call the cue sheet. ``cuts``, ``spotting`` and a section's ``probabilities``
    and ``source`` may be missing; a missing emotion has the probability 0. A number in ``cuts`` is
    a hard cut. A time in ``spotting`` may be a timecode of the film.
    Raises EmsyncError for any other fault.
    """
    try:
        values = json.loads(text, parse_int=float)
    except (json.JSONDecodeError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not JSON ({error}); correct it or analyze again") from error
    sheet = Fields(name, values)
    if "points" in sheet and "video" not in sheet:
        raise EmsyncError(
            f"{name}: is a plan, not a cue sheet; give the film, and this file as plan"
        )
    film = sheet.object("video")
    video = Video(
        path=film.get("path", any_text),
        duration=film.get("duration", number(0.0)),
        fps=film.get("fps", number(0.0)),
        width=int(film.get("width", number(1.0))),
        height=int(film.get("height", number(1.0))),
        timecode=film.get("timecode", any_text) if "timecode" in film else None,
    )
    try:
        clock = video.clock
    except ValueError as error:
        raise film.error("timecode", f"is wrong: {error}") from error
    start = sheet.get("start", number(0.0, video.duration))
    end = sheet.get("end", number(start, video.duration + _SLACK))
    if end == start:
        raise sheet.error("end", "must be after start")
    duration = end - start

    zero = Fraction(start)

    def from_start(text: str) -> float:
        return float(replace(clock, zero=zero).seconds(text) - zero)

    return CueSheet(
        video=video,
        start=start,
        end=end,
        cuts=sheet.get("cuts", _cuts(duration)) if "cuts" in sheet else (),
        hits=sheet.get("boundaries", rising_hits(duration)),
        sections=_sections(sheet, duration),
        no_hits=sheet.get("no_hits", stretches(duration)) if "no_hits" in sheet else (),
        spotting=(
            sheet.get("spotting", spotting_list(duration, from_start))
            if "spotting" in sheet
            else ()
        ),
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
    return float(clock_seconds(text))


_SLACK = 0.01
"""How far an edited section may end from its neighbour or from the film's end, in seconds."""


def _cut_json(cut: Transition) -> dict[str, Any]:
    """A transition as a JSON object; a hard cut has no start, centre and end."""
    fields = asdict(cut)
    if cut.start == cut.centre == cut.end == cut.time:
        for field in _EXTENT:
            del fields[field]
    return fields


def _cuts(duration: float) -> Check:
    """A check for lists of transitions up to ``duration``: objects, or numbers for hard cuts."""
    time = number(0.0, duration)

    def check(name: str, value: Any) -> tuple[Transition, ...]:
        found: list[Transition] = []
        for place, item in enumerate(items(name, value)):
            at = f"{name}[{place}]"
            cut = _cut(at, item, time) if isinstance(item, dict) else Transition(time(at, item))
            if found and cut.time <= found[-1].time:
                raise EmsyncError(f"{at} is not after {found[-1].time:g}; sort the times")
            found.append(cut)
        return tuple(found)

    return check


def _cut(name: str, value: Any, time: Check) -> Transition:
    """One transition. A field that is missing has its value of a hard cut."""
    fields = Fields(name, value)
    at = fields.get("time", time)
    start, centre, end = (
        fields.get(field, time) if field in fields else at for field in _EXTENT
    )  # fmt: skip
    if not start <= min(centre, at) <= max(centre, at) <= end:
        raise fields.error("time", "and centre must lie between start and end")
    kind = fields.get("kind", any_text) if "kind" in fields else "cut"
    if kind not in KINDS:
        raise fields.error("kind", f"must be one of {', '.join(KINDS)}")
    strength = fields.get("strength", number(0.0, 1.0)) if "strength" in fields else 1.0
    return Transition(at, kind, start, centre, end, strength)


_EXTENT = ("start", "centre", "end")


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
        sections.append(_section(fields, place, end))
        place = end
    if not sections:
        raise sheet.error("sections", "must hold at least one section")
    return tuple(sections)


def _section(fields: Fields, start: float, end: float) -> Section:
    """A section; one with ``emotion`` needs nothing else."""
    if "emotion" in fields:
        for other in ("valence", "arousal", "probabilities"):
            if other in fields:
                raise fields.error("emotion", f"and {other} say the same; leave out one of them")
        try:
            return felt(start, end, checked_emotion(fields.get("emotion", any_emotion)))
        except ValueError as error:
            raise fields.error("emotion", f"is wrong: {error}") from error
    return Section(
        start=start,
        end=end,
        probabilities=_probabilities(fields),
        valence=fields.get("valence", _coordinate),
        arousal=fields.get("arousal", _coordinate),
        source=fields.get("source", any_text) if "source" in fields else "user",
        evidence=tuple(map(_evidence, fields.objects("evidence"))) if "evidence" in fields else (),
        arousal_from=_shares(fields),
        word=fields.get("word", any_text) if "word" in fields else "",
    )


def _evidence(fields: Fields) -> Evidence:
    return Evidence(
        fields.get("time", number(0.0)),
        fields.get("expert", any_text),
        fields.get("text", any_text),
        fields.get("weight", number(0.0, 1.0)),
    )


def _shares(section: Fields) -> Mapping[str, float]:
    if "arousal_from" not in section:
        return {}
    shares = section.object("arousal_from")
    return {source: shares.get(source, number(0.0, 1.0)) for source in shares}


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
