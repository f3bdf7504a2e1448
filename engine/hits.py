"""Hits: moments of a film that its music marks, as editors note them when they spot a film."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from engine.checks import Check, Fields, any_text, flag, items, number
from engine.emotion.notation import checked_emotion
from engine.emotion.words import Emotion
from engine.errors import EmsyncError
from engine.timecode import Clock

Kind = Literal["marker", "cut", "dissolve", "fade", "wipe", "off"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What a hit is in the editor's list: a marker, an edit of the picture, or a stretch without
hits."""
MAY = 0.25
"""What a hit that may be missed counts for, against one that must be met."""
HEAVIEST = 100.0
SAME = 0.001
"""Hits that lie no further apart are one, in seconds."""

Stretch = tuple[float, float]
"""A stretch of the film in seconds: from, and up to, not at."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment that the music marks, or a stretch of the film.

    seconds: when. label: what happens, one line. weight: how much it counts beside others, more
    than 0 and at most 100. must: False if the music may miss it. emotion: what the music turns to,
    a word or (valence, arousal), each -1..1. end: of a stretch, in seconds. kind: of the edit;
    ``off`` for a stretch without hits.

    Raises ValueError for a value out of range.
    """

    seconds: float
    label: str = ""
    weight: float = 1.0
    must: bool = True
    emotion: Emotion | None = None
    end: float | None = None
    kind: Kind = "marker"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise ValueError(f"a hit at {self.seconds:g} s; give 0 or more")
        if not 0 < self.weight <= HEAVIEST:
            raise ValueError(
                f"the weight {self.weight:g}; give more than 0 and at most {HEAVIEST:g}"
            )
        if self.end is not None and not (self.seconds < self.end < math.inf):
            raise ValueError(f"a stretch from {self.seconds:g} s to {self.end:g} s")
        if self.is_off and self.end is None:
            raise ValueError("a stretch without hits (off) has no end; give its end")
        if self.emotion is not None:
            object.__setattr__(self, "emotion", checked_emotion(self.emotion))

    @property
    def worth(self) -> float:
        """What meeting it counts for, by weight and by whether it may be missed."""
        return self.weight if self.must else MAY * self.weight

    @property
    def is_edit(self) -> bool:
        """Whether it is an edit of the picture, and no marker."""
        return self.kind not in ("marker", "off")

    @property
    def is_off(self) -> bool:
        """Whether it is a stretch of the film in which nothing is marked."""
        return self.kind == "off"

    def moved(self, by: float) -> Hit:
        """The hit ``by`` seconds later. Raises ValueError where it would begin before 0."""
        return replace(
            self, seconds=self.seconds + by, end=None if self.end is None else self.end + by
        )


@dataclass(frozen=True, slots=True)
class HitList:
    """What a file of hits holds.

    hits: rising, in seconds of the film. clock: the timecode that they were written in.
    duration: of the film or timeline, in seconds; None if unknown.
    """

    hits: tuple[Hit, ...]
    clock: Clock = field(default_factory=Clock)
    duration: float | None = None

    def of(self, what: Literal["hits", "cuts", "all"]) -> HitList:
        """The list with only some of its hits.

        hits: the markers, or the edits of a list without markers, and the stretches without hits.
        cuts: the edits. all: everything.
        """
        edits = tuple(hit for hit in self.hits if hit.is_edit)
        markers = tuple(hit for hit in self.hits if hit.kind == "marker")
        off = tuple(hit for hit in self.hits if hit.is_off)
        marked = in_order((*(markers or edits), *off))
        return replace(self, hits={"hits": marked, "cuts": edits, "all": self.hits}[what])


def hits_at(times: Iterable[float]) -> tuple[Hit, ...]:
    """Hits at these seconds of which nothing else is known."""
    return tuple(map(Hit, times))


def in_order(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits by time."""
    return tuple(sorted(hits, key=lambda hit: hit.seconds))


def boundary_hits(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits as boundaries for music: gradual edits at their middle, and none twice."""
    moments = [
        replace(hit, seconds=(hit.seconds + hit.end) / 2, end=None)
        if hit.is_edit and hit.end is not None
        else hit
        for hit in hits
    ]
    kept: list[Hit] = []
    off = [hit for hit in moments if hit.is_off]
    for hit in in_order(hit for hit in moments if not hit.is_off):
        if kept and hit.seconds - kept[-1].seconds <= SAME:
            kept[-1] = _joined(kept[-1], hit)
        else:
            kept.append(hit)
    return in_order([*kept, *off])


def stretches_off(hits: Iterable[Hit]) -> tuple[Stretch, ...]:
    """The stretches of a list in which nothing is marked, by time."""
    return tuple((hit.seconds, hit.end) for hit in in_order(hits) if hit.is_off and hit.end)


def is_within(seconds: float, stretches: Iterable[Stretch]) -> bool:
    """Whether a time lies in one of the stretches."""
    return any(start <= seconds < end for start, end in stretches)


def marked(hits: Iterable[Hit], off: Iterable[Stretch]) -> tuple[Hit, ...]:
    """The hits that the music marks: those of no ``off`` stretch."""
    off = tuple(off)
    return tuple(hit for hit in hits if not (hit.is_off or is_within(hit.seconds, off)))


def hit_json(hit: Hit) -> float | dict[str, Any]:
    """A hit in JSON: its seconds, or an object if it is more than a time."""
    usual = Hit(hit.seconds)
    more = {f.name: getattr(hit, f.name) for f in fields(hit)}
    more = {name: value for name, value in more.items() if value != getattr(usual, name)}
    if isinstance(hit.emotion, tuple):
        more["emotion"] = list(hit.emotion)
    return {"seconds": hit.seconds, **more} if more else hit.seconds


def rising_hits(latest: float) -> Check:
    """A check for lists of rising hits from 0 to ``latest`` seconds, as ``hit_json`` writes them.

    An item may also be a Hit. A stretch without hits may begin anywhere.
    """

    def check(name: str, value: Any) -> tuple[Hit, ...]:
        found: list[Hit] = []
        last = -math.inf
        for place, item in enumerate(items(name, value)):
            hit = _hit(f"{name}[{place}]", item, number(0.0, latest))
            if not hit.is_off:
                if hit.seconds <= last:
                    raise EmsyncError(f"{name}[{place}] is not after {last:g}; sort the times")
                last = hit.seconds
            found.append(hit)
        return tuple(found)

    return check


def stretches(latest: float) -> Check:
    """A check for stretches of a film up to ``latest`` seconds: a list of [from, to]."""
    time = number(0.0, latest)

    def check(name: str, value: Any) -> tuple[Stretch, ...]:
        found: list[Stretch] = []
        for place, item in enumerate(items(name, list(value) if _is_tuple(value) else value)):
            at = f"{name}[{place}]"
            ends = [time(at, each) for each in items(at, list(item) if _is_tuple(item) else item)]
            if len(ends) != 2 or not ends[0] < ends[1]:
                raise EmsyncError(f"{at} must be two rising times, such as [12.0, 20.5]")
            found.append((ends[0], ends[1]))
        return tuple(found)

    return check


def _is_tuple(value: Any) -> bool:
    return isinstance(value, tuple)


def _hit(name: str, value: Any, time: Check) -> Hit:
    if isinstance(value, Hit):
        time(name, value.seconds)
        return value
    if not isinstance(value, dict):
        return Hit(time(name, value))
    given = Fields(name, value)
    unknown = sorted(set(given) - _CHECKS.keys() - {"seconds"})
    if unknown:
        raise EmsyncError(
            f"{name}: {unknown[0][:40]!r} is no field of a hit; choose from {', '.join(_CHECKS)}"
        )
    values = {key: given.get(key, check) for key, check in _CHECKS.items() if key in given}
    try:
        return Hit(given.get("seconds", time), **values)
    except ValueError as error:
        raise EmsyncError(f"{name}: {error}") from error


def any_emotion(name: str, value: Any) -> Emotion:
    """A check for an emotion as users write it, known or not, or valence and arousal in a list."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise EmsyncError(f"{name} must be a word such as tense, or valence and arousal")
    coordinate = number(-1.0, 1.0)
    point = tuple(coordinate(f"{name}[{at}]", item) for at, item in enumerate(items(name, value)))
    if len(point) != 2:
        raise EmsyncError(f"{name} must be a word, or valence and arousal in a list")
    return point


def _kind(name: str, value: Any) -> Kind:
    if value not in KINDS:
        raise EmsyncError(f"{name} must be one of {', '.join(KINDS)}")
    found: Kind = value
    return found


_CHECKS: dict[str, Check] = {
    "label": any_text,
    "weight": number(),
    "must": flag,
    "emotion": any_emotion,
    "end": number(0.0),
    "kind": _kind,
}


def _joined(first: Hit, second: Hit) -> Hit:
    """Two hits at one time as one: what either says, and where both do, the weightier one."""
    best, other = (second, first) if second.worth > first.worth else (first, second)
    return replace(
        best,
        label=best.label or other.label,
        emotion=best.emotion if best.emotion is not None else other.emotion,
        end=best.end if best.end is not None else other.end,
    )
