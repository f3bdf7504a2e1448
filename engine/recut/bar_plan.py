"""What one bar of a new cut is to be, and the phrases that such bars make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.plan.plan import Phrase


@dataclass(frozen=True, slots=True)
class BarPlan:
    """What a bar of the new plan is to be. begins: a phrase begins with it."""

    phrase: Phrase
    chords: str
    begins: bool


def phrases_of(bars: Sequence[BarPlan]) -> Iterable[Phrase]:
    """Phrases of bars; one begins where it is asked for, and where anything changes."""
    start = 0
    for number in range(1, len(bars) + 1):
        if number < len(bars) and not bars[number].begins:
            before, here = bars[number - 1].phrase, bars[number].phrase
            if replace(before, bar=1, chords=()) == replace(here, bar=1, chords=()):
                continue
        chords = tuple(bar.chords for bar in bars[start:number])
        yield replace(bars[start].phrase, bar=start + 1, chords=chords if all(chords) else ())
        start = number
