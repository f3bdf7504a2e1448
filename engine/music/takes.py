"""Several takes of one piece, and the best of them.

A network that samples plays unevenly: of a few takes one hits more boundaries and lets more of the
band play. What counts as good is stated in :func:`merit`, each part of it 0..1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from engine.cues import CueSheet
from engine.metrics.alignment import SECOND, alignment
from engine.model.runtime import Network
from engine.music.composer import CHORD_NOTES, Commission, compose
from engine.music.vocabulary import MORE_FROM
from engine.score import CHORDAL, Instrument, Score

ENOUGH_NOTES = 10
"""So many notes in each half of the piece make an instrument a part of it."""


def best_take(
    cues: CueSheet,
    network: Network,
    commission: Commission,
    takes: int,
    progress: Callable[[float], None],
) -> Score:
    """Compose ``takes`` takes and return the one of the greatest merit, the earliest of equals.

    progress: called with the seconds of music composed so far, all takes together.
    """

    def record(take: int) -> Score:
        before = take * cues.duration
        return compose(
            cues, network, replace(commission, take=take), lambda now: progress(before + now)
        )

    scores = (record(take) for take in range(takes))
    return max(scores, key=lambda score: merit(score, cues, commission.instruments))


def merit(score: Score, cues: CueSheet, instruments: tuple[Instrument, ...]) -> float:
    """How well a take serves: the sum of

    - the share of boundaries that have a struck chord within a second (all, where there is none);
    - the share of the instruments asked for, up to three, that play in both halves;
    - the share of the notes that are not the busiest instrument's.
    """
    hits = alignment(cues.boundaries, struck_chords(score), SECOND)
    hit = hits.matched / hits.boundaries if hits.boundaries else 1.0
    playing = sum(_plays_throughout(score, instrument) for instrument in instruments)
    present = min(1.0, playing / min(MORE_FROM, len(instruments)))
    counts = Counter(note.instrument for note in score.notes)
    even = 1 - max(counts.values()) / len(score.notes) if counts else 0.0
    return hit + present + even


def struck_chords(score: Score) -> tuple[float, ...]:
    """The CHORD marks at which guitar and piano strike three notes or more."""
    struck = Counter(note.onset for note in score.notes if note.instrument in CHORDAL)
    return tuple(chord for chord in score.chords if struck[chord] >= CHORD_NOTES)


def _plays_throughout(score: Score, instrument: Instrument) -> bool:
    onsets = [note.onset for note in score.part(instrument)]
    early = sum(onset < score.duration / 2 for onset in onsets)
    return min(early, len(onsets) - early) >= ENOUGH_NOTES
