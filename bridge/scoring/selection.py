"""What of a finished piece a user wants anew, as the command line and the server both take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bridge.scoring.limits import LONGEST
from bridge.scoring.music_checks import chords_of_bars, instruments
from engine.checks import Check, checked, flag, number, text, whole
from engine.composing.infill import SAME_INSTANT
from engine.cues import CueSheet
from engine.emotion.sections import override
from engine.errors import EmsyncError
from engine.hits import Hit, hit_json, rising_hits
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import parse_conditions
from engine.plan.plan import Plan
from engine.rescore.changes import Changes
from engine.rescore.regions import (
    EVERYONE,
    Region,
    checked_region,
    section_region,
    snapped_region,
)
from engine.score import Instrument

MOST_SECTIONS = 100_000


@dataclass(frozen=True, slots=True)
class Selection:
    """What is composed anew, and how it is to change.

    section: of the film, counted from 1. start, end: seconds of the score, in place of a section;
    None for its start and its end. snap: take the nearest bar lines in their place. parts: None for
    all. changes: of the plan and the emotion there. hits: in place of the old score's; then the
    bars around those that differ are composed anew, or all from ``start`` to ``end``.
    """

    section: int | None = None
    start: float | None = None
    end: float | None = None
    snap: bool = True
    parts: tuple[Instrument, ...] | None = None
    changes: Changes = field(default_factory=Changes)
    hits: tuple[Hit, ...] | None = None

    def __post_init__(self) -> None:
        """Raises EmsyncError for options that are out of range or exclude each other."""
        given = (self.start, self.end) != (None, None)
        if self.section is not None and given:
            raise EmsyncError("section, from, to: a section has its own times; leave out one")
        if self.hits is not None:
            if (self.section, self.parts, self.changes) != (None, None, Changes()):
                raise EmsyncError(
                    "hits: other hits move the beats of all parts; leave out section, parts and "
                    "changes, or compose them afterwards"
                )
        elif self.section is None and not given and self.parts is None:
            raise EmsyncError("name what to compose anew: a section, from and to, or parts")
        changes = self.changes
        override((), changes.emotion, changes.valence, changes.arousal)
        parse_conditions(density=changes.density)
        for bar in changes.chords or ():
            for symbol in bar.split():
                parse_chord(symbol)

    def region(self, cues: CueSheet, plan: Plan) -> Region:
        """Where and for whom it is, in a score with this plan; from bar line to bar line or not.

        Raises EmsyncError for a section that is missing, or times beyond the score.
        """
        parts = EVERYONE if self.parts is None else frozenset(self.parts)
        if self.section is not None:
            return section_region(cues, plan, self.section, parts)
        end = plan.duration if self.end is None else self.end
        region = checked_region(Region(self.start or 0.0, end, parts), plan.duration)
        return snapped_region(region, plan) if self.snap else region

    def at_bars(self, cues: CueSheet, plan: Plan) -> Selection:
        """The same with the times that its region has in a score with this plan.

        Raises EmsyncError as ``region`` does.
        """
        region = self.region(cues, plan)
        if not self.moved_to(region, plan.duration):
            return self
        return replace(
            self,
            start=None if self.start is None else region.start,
            end=None if self.end is None else region.end,
        )

    def moved_to(self, region: Region, duration: float) -> bool:
        """Whether its region, in a score of this length, has other times than were asked for."""
        if self.section is not None or self.hits is not None:
            return False
        start = self.start or 0.0
        end = duration if self.end is None else min(self.end, duration)
        return max(abs(region.start - start), abs(region.end - end)) > SAME_INSTANT

    def within(self, plan: Plan) -> tuple[float, float] | None:
        """The stretch that other hits may change, in seconds; None for the bars around them.

        Raises EmsyncError for times beyond the score.
        """
        if (self.start, self.end) == (None, None):
            return None
        end = plan.duration if self.end is None else self.end
        region = checked_region(Region(self.start or 0.0, end), plan.duration)
        return region.start, region.end


_time = number(0.0, LONGEST)
_any_number = number()
_CHECKS: Mapping[str, Check] = {
    "section": whole(1, MOST_SECTIONS),
    "from": _time,
    "to": _time,
    "snap": flag,
    "parts": instruments,
    "density": _any_number,
    "emotion": text,
    "valence": _any_number,
    "arousal": _any_number,
    "instruments": instruments,
    "chords": chords_of_bars,
    "hits": rising_hits(LONGEST),
}
_TIMES = {"from": "start", "to": "end"}
FIELDS = tuple(_CHECKS)
"""The names of all fields of a selection in JSON."""


def parse_selection(name: str, values: Any) -> Selection:
    """The selection that a JSON object makes; null counts as left out.

    Raises EmsyncError naming the field that is wrong.
    """
    if isinstance(values, Selection):
        return values
    if not isinstance(values, Mapping):
        raise EmsyncError(f"{name} must be a JSON object")
    given = checked(_CHECKS, {key: value for key, value in values.items() if value is not None})
    of_changes = {each.name for each in fields(Changes)}
    changes = Changes(**{key: given.pop(key) for key in of_changes & given.keys()})
    return Selection(
        **{_TIMES.get(key, key): value for key, value in given.items()}, changes=changes
    )


def selection_json(selection: Selection) -> dict[str, Any]:
    """The JSON object that makes this selection."""
    changes = selection.changes
    values: dict[str, Any] = {
        "section": selection.section,
        "from": selection.start,
        "to": selection.end,
        # As by default it is left out.
        "snap": None if selection.snap else False,
        "parts": _names(selection.parts),
        "density": changes.density,
        "emotion": changes.emotion,
        "valence": changes.valence,
        "arousal": changes.arousal,
        "instruments": _names(changes.instruments),
        "chords": None if changes.chords is None else list(changes.chords),
        "hits": None if selection.hits is None else [hit_json(hit) for hit in selection.hits],
    }
    return {key: value for key, value in values.items() if value is not None}


def _names(parts: tuple[Instrument, ...] | None) -> list[str] | None:
    return None if parts is None else [part.value for part in parts]
