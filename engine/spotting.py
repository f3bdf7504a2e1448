"""Spotting: where a film has music, and where it is silent.

Film music is written in cues with names such as ``1m1`` (reel 1, music, number 1). Each has an in
point and an out point. Between two of them there is silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from engine.checks import Check, Fields, any_text, items, number, text
from engine.emotion.notation import checked_emotion
from engine.emotion.words import Emotion
from engine.errors import EmsyncError, shown
from engine.hits import any_emotion

SHORTEST = 1.0
"""The least length of a cue, in seconds."""
LONGEST_NAME = 60
"""Characters."""
FRAME = 0.05
"""About a frame, in seconds."""
SAME = 1e-6
"""Cues may overlap by this many seconds, since times are rounded."""


@dataclass(frozen=True, slots=True)
class MusicCue:
    """A piece of a film's music.

    name: such as ``1m1``; its folder has this name. start, end: its in and out points, in seconds.
    variation_of: the name of the cue whose music it varies; None for music of its own. emotion: a
    word or (valence, arousal), each -1..1; None for what the film shows.

    Raises ValueError for a value out of range, and for a name that no file can have.
    """

    name: str
    start: float
    end: float
    variation_of: str | None = None
    emotion: Emotion | None = None

    def __post_init__(self) -> None:
        check_name(self.name)
        if not 0 <= self.start < math.inf:
            raise ValueError(f"{self.name}: its in point is {self.start:g} s; give 0 or more")
        if not self.start < self.end < math.inf:
            raise ValueError(
                f"{self.name}: its out point, {self.end:g} s, is not after its in point, "
                f"{self.start:g} s"
            )
        if self.end - self.start < SHORTEST - SAME:
            raise ValueError(
                f"{self.name}: it lasts {self.end - self.start:.3f} s; give at least {SHORTEST:g} s"
            )
        if self.emotion is not None:
            try:
                object.__setattr__(self, "emotion", checked_emotion(self.emotion))
            except ValueError as error:
                raise ValueError(f"{self.name}: {error}") from error

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return self.end - self.start

    def moved(self, by: float) -> MusicCue:
        """The cue ``by`` seconds later. Raises ValueError where it would begin before 0."""
        return replace(self, start=self.start + by, end=self.end + by)


def check_name(name: str) -> None:
    """Check that a name can be that of a folder on every system. Raises ValueError if not."""
    if not name.strip():
        raise ValueError("a cue has no name; give one such as 1m1")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"the name {shown(name)} is longer than {LONGEST_NAME} characters")
    wrong = [sign for sign in name if sign in _FORBIDDEN or not sign.isprintable()]
    if wrong or name[0] in ". -" or name[-1] in ". ":
        raise ValueError(
            f"the name {shown(name)} can't be that of a folder; use letters and digits, as in 1m1"
        )
    if _DEVICE.fullmatch(name):
        raise ValueError(f"the name {shown(name)} belongs to a device of Windows; give another")


def check_spotting(cues: Iterable[MusicCue]) -> tuple[MusicCue, ...]:
    """The cues by time, checked together.

    Raises ValueError for a repeated name, cues that overlap, and a variation of an unknown cue or,
    by way of others, of itself.
    """
    found = tuple(sorted(cues, key=lambda cue: cue.start))
    names: dict[str, str] = {}
    for cue in found:
        # Some file systems hold 1m1 and 1M1 to be one name.
        other = names.setdefault(cue.name.casefold(), cue.name)
        if other != cue.name or sum(cue.name == each.name for each in found) > 1:
            raise ValueError(f"two cues are named {other}; give each a name of its own")
    for before, after in pairwise(found):
        if after.start < before.end - SAME:
            raise ValueError(
                f"{before.name} and {after.name} overlap: {after.name} begins at {after.start:g} s "
                f"and {before.name} ends at {before.end:g} s"
            )
    by_name = {cue.name: cue for cue in found}
    for cue in found:
        seen = [cue.name]
        while (model := by_name[seen[-1]].variation_of) is not None:
            if model not in by_name:
                raise ValueError(
                    f"{seen[-1]} is a variation of {shown(model)}, but no cue has this name"
                )
            if model in seen:
                round_trip = " of ".join([*seen[seen.index(model) :], model])
                raise ValueError(
                    f"{cue.name} varies itself ({round_trip}); one of them must be music of its own"
                )
            seen.append(model)
    return found


def within(cues: Iterable[MusicCue], duration: float) -> tuple[MusicCue, ...]:
    """The cues of a film of ``duration`` seconds; one may end a frame late, and then ends with it.

    Raises ValueError for a cue that ends later.
    """
    found = tuple(cues)
    for cue in found:
        if cue.end > duration + FRAME:
            raise ValueError(
                f"{cue.name}: its out point, {cue.end:g} s, is beyond the end, {duration:.3f} s"
            )
    return tuple(replace(cue, end=min(cue.end, duration)) for cue in found)


def composing_order(cues: Sequence[MusicCue]) -> tuple[MusicCue, ...]:
    """The cues in an order in which each comes after the one that it varies."""
    by_name = {cue.name: cue for cue in cues}

    def depth(cue: MusicCue) -> int:
        return 0 if cue.variation_of is None else 1 + depth(by_name[cue.variation_of])

    return tuple(sorted(cues, key=depth))


def cue_json(cue: MusicCue) -> dict[str, Any]:
    """A cue as a JSON object."""
    emotion = list(cue.emotion) if isinstance(cue.emotion, tuple) else cue.emotion
    values = {"variation_of": cue.variation_of, "emotion": emotion}
    return {"name": cue.name, "start": cue.start, "end": cue.end} | {
        field: value for field, value in values.items() if value is not None
    }


def spotting_list(latest: float, timecode: Callable[[str], float] | None = None) -> Check:
    """A check for lists of cues from 0 to ``latest`` seconds, as ``cue_json`` writes them.

    An item may also be a MusicCue. timecode: the seconds of a time that is given as text; raises
    ValueError for a wrong one. None takes numbers only.
    """

    def check(name: str, value: Any) -> tuple[MusicCue, ...]:
        found = [
            _cue(f"{name}[{at}]", item, timecode) for at, item in enumerate(items(name, value))
        ]
        try:
            return within(check_spotting(found), latest)
        except ValueError as error:
            raise EmsyncError(f"{name}: {error}") from error

    return check


def _cue(name: str, value: Any, timecode: Callable[[str], float] | None) -> MusicCue:
    if isinstance(value, MusicCue):
        return value
    fields = Fields(name, value)
    unknown = sorted(set(fields) - _FIELDS.keys())
    if unknown:
        raise fields.error(
            repr(unknown[0][:40]), f"is no field of a cue; choose from {', '.join(_FIELDS)}"
        )

    def seconds(field: str, given: Any) -> float:
        if not isinstance(given, str) or timecode is None:
            return float(number(0.0)(field, given))
        try:
            return timecode(given)
        except ValueError as error:
            raise EmsyncError(f"{field}: {error}") from error

    checks = _FIELDS | {"start": seconds, "end": seconds}
    needed = ("name", "start", "end")
    values = {field: fields.get(field, checks[field]) for field in {*needed, *fields}}
    try:
        return MusicCue(**values)
    except ValueError as error:
        raise EmsyncError(f"{name}: {error}") from error


def _text_or_null(name: str, value: Any) -> str | None:
    return None if value is None else str(text(name, value))


def _emotion_or_null(name: str, value: Any) -> Emotion | None:
    return None if value is None else any_emotion(name, value)


_FIELDS: dict[str, Check] = {
    "name": any_text,
    "start": number(0.0),
    "end": number(0.0),
    "variation_of": _text_or_null,
    "emotion": _emotion_or_null,
}
_FORBIDDEN = '<>:"/\\|?*[](),;%'
"""Signs that a folder can't have somewhere, or that end a name in a list of hits."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
