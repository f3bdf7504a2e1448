"""Cuts lengths into note values that show the beats of a bar.

Rules of engraving (Gould 2011, Behind Bars, pp. 160-170): a note may cross a beat only where it
begins on one. An eighth-quarter-eighth syncopation within half a bar is excepted. Rests begin where
their value divides the bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from export.notation.grid import QUARTER, Bar

SIXTEENTH, EIGHTH, HALF = QUARTER // 4, QUARTER // 2, 2 * QUARTER
_NAMES = {4 * QUARTER: "whole", HALF: "half", QUARTER: "quarter", EIGHTH: "eighth", 3: "16th"}
_VALUES = (6 * QUARTER, 48, 36, 24, 18, 12, 9, 6, 3)
"""Values with and without a dot, longest first, in units."""
_THIRDS = (8, 4)
"""A quarter and an eighth of a triplet."""


@dataclass(frozen=True, slots=True)
class Value:
    """A note value. start: from the bar's start. type: as MusicXML names it."""

    start: int
    units: int
    type: str
    is_dotted: bool = False
    is_triplet: bool = False


def values(start: int, end: int, bar: Bar, is_rest: bool = False) -> Iterator[Value]:
    """The values from ``start`` to ``end``, in units from the bar's start. Notes tie them."""
    while start < end:
        units = _longest(start, end, bar, is_rest)
        yield _value(start, units)
        start += units


def _value(start: int, units: int) -> Value:
    if units in _THIRDS and units % SIXTEENTH:
        return Value(start, units, _NAMES[units * 3 // 2], is_triplet=True)
    if units in _NAMES:
        return Value(start, units, _NAMES[units])
    return Value(start, units, _NAMES[units * 2 // 3], is_dotted=True)


def _longest(start: int, end: int, bar: Bar, is_rest: bool) -> int:
    """The longest value that may begin at ``start`` and that does not go beyond ``end``."""
    left = end - start
    next_quarter = QUARTER - start % QUARTER
    in_triplet = start % SIXTEENTH or (left < next_quarter and left % SIXTEENTH)
    if in_triplet:
        left = min(left, next_quarter)
        return next(units for units in _THIRDS if units <= left)
    if left % SIXTEENTH and left > next_quarter:
        # The rest of it ends within a triplet.
        left -= left % QUARTER
    for units in _VALUES:
        if units <= left and _is_allowed(start, units, bar, is_rest):
            return units
    return SIXTEENTH


def _is_allowed(start: int, units: int, bar: Bar, is_rest: bool) -> bool:
    beat = bar.beat
    if units > bar.length:
        return False
    within = start // beat == (start + units - 1) // beat
    if within:
        # A dotted rest within a beat hides where its parts lie.
        return start % units == 0 or units == SIXTEENTH if is_rest else _within(start, units, bar)
    if start % beat:
        crosses = start < bar.length // 2 < start + units
        return (
            not is_rest
            and not bar.is_compound
            and units == QUARTER == beat
            and (start % beat == EIGHTH and not crosses)
        )
    if bar.is_compound:
        return units in (36, 72) and start % units == 0
    if units % beat:
        # A dotted quarter on a beat.
        return (
            not is_rest
            and units == 18
            and beat == QUARTER
            and ((start + units) // HALF == start // HALF or start % HALF == 0)
        )
    if is_rest:
        return start % units == 0 and bar.length % units == 0
    return units != 36 or start in (0, bar.length - units)


def _within(start: int, units: int, bar: Bar) -> bool:
    """Whether a note within a beat is readable."""
    if not bar.is_compound:
        return True
    return units in (3, 18) or start % EIGHTH == 0 or units == 9
