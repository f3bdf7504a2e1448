"""Checks a score against a corpus, as originality reports do (Yin et al. 2022).

The question is not whether a piece shares anything with the corpus: songs share passages too. It is
whether a part shares more than songs among themselves, of which 95% stay within the band.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.music.vocabulary import to_seconds
from engine.originality.fingerprint import Fingerprint
from engine.originality.lines import Line, lines
from engine.originality.passages import known_notes, longest_passage
from engine.score import Instrument, Score


@dataclass(frozen=True, slots=True)
class PartOriginality:
    """What a part shares with the corpus.

    notes: how many it plays. longest: notes of its longest passage that the corpus has, 0 if there
    is none. usual: what 95% of song parts with so many notes stay within. begin, end: the onsets of
    the passage's first and last note in seconds. bar: in which it begins, from 1; None if unknown.
    known: how many notes lie in known passages of 24 notes or more.
    """

    instrument: Instrument
    notes: int
    longest: int
    usual: float
    begin: float | None
    end: float | None
    bar: int | None
    known: int

    @property
    def within(self) -> bool:
        """Whether the longest passage lies within the band of songs."""
        return self.longest <= self.usual


@dataclass(frozen=True, slots=True)
class Originality:
    """The parts of a score that have notes, drums left out."""

    parts: tuple[PartOriginality, ...]

    @property
    def share(self) -> float:
        """The share of the notes, 0..1, that lie in no known passage; 1 without notes."""
        notes = sum(part.notes for part in self.parts)
        return 1 - sum(part.known for part in self.parts) / notes if notes else 1.0

    @property
    def within(self) -> bool:
        """Whether every part lies within the band of songs."""
        return all(part.within for part in self.parts)


def originality(
    score: Score, fingerprint: Fingerprint, bars: Sequence[float] | None = None
) -> Originality:
    """What each part of a score shares with the corpus of a fingerprint.

    bars: the bar lines in seconds, rising; None for those of the score.
    """
    bars = score.bars if bars is None else bars
    return Originality(
        tuple(_of_part(line, fingerprint, bars) for line in lines(score) if len(line))
    )


def _of_part(line: Line, fingerprint: Fingerprint, bars: Sequence[float]) -> PartOriginality:
    first, longest = longest_passage(line.pitches, fingerprint)
    begin = to_seconds(line.onsets[first]) if longest else None
    # A bar line may lie less than half a step after the onset that it belongs to.
    bar = None if begin is None else bisect_right(bars, begin + to_seconds(1) / 2)
    return PartOriginality(
        line.instrument,
        len(line),
        longest,
        fingerprint.usual(len(line)),
        begin,
        to_seconds(line.onsets[first + longest - 1]) if longest else None,
        bar or None,
        int(known_notes(line.pitches, fingerprint).sum()),
    )


def to_json(found: Originality) -> dict[str, Any]:
    """What was found, fit for JSON; times rounded to the millisecond."""
    return {
        "within": found.within,
        "share": round(found.share, 4),
        "parts": {
            part.instrument.value: {
                "notes": part.notes,
                "longest": part.longest,
                "usual": round(part.usual, 1),
                "within": part.within,
                "begin": None if part.begin is None else round(part.begin, 3),
                "end": None if part.end is None else round(part.end, 3),
                "bar": part.bar,
            }
            for part in found.parts
        },
    }
