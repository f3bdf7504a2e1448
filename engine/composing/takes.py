"""Several takes of one piece, and the best of them.

A network that samples plays unevenly: of a few takes one hits more boundaries and lets more of the
band play. What counts as good is stated in :class:`TakeScore`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.composing.logits.grammar import CHORD_NOTES
from engine.composing.loop import compose_all
from engine.composing.state import GenerationConfig, Listener, Take
from engine.cues import CueSheet
from engine.metrics.alignment import SECOND, alignment
from engine.model.runtime import Network
from engine.score import CHORDAL, Instrument, Score

ENOUGH_NOTES = 10
"""So many notes in each half of the piece make an instrument a part of it."""


@dataclass(frozen=True, slots=True)
class TakeScore:
    """How well a take serves, each part 0..1.

    alignment: the share of boundaries that have a struck chord within a second (1 without any).
    coverage: the share of the instruments asked for that play in both halves.
    balance: the share of the notes that are not the busiest instrument's.
    likelihood: the network's own, as the geometric mean probability of a token.
    """

    alignment: float
    coverage: float
    balance: float
    likelihood: float

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.alignment + self.coverage + self.balance + self.likelihood


def compose_takes(
    cues: CueSheet,
    network: Network,
    config: GenerationConfig,
    count: int,
    progress: Callable[[float], None] | None = None,
    listen: Listener | None = None,
) -> list[tuple[Take, TakeScore]]:
    """Compose so many takes at once, and weigh each.

    progress: called with the seconds of music composed so far, all takes together.
    listen: hears the first take while it is composed.
    """
    requests = [(cues, replace(config, take=take)) for take in range(count)]
    takes = compose_all(requests, network, progress, listen)
    return [(take, take_score(take, cues, config.instruments)) for take in takes]


def best(take_scores: Sequence[TakeScore]) -> int:
    """Which take is of the greatest take_score; the earliest of equals."""
    return max(range(len(take_scores)), key=lambda take: (take_scores[take].total, -take))


def take_score(take: Take, cues: CueSheet, instruments: tuple[Instrument, ...]) -> TakeScore:
    """The take_score of a take for the film and the instruments asked for."""
    score = take.score
    hits = alignment(cues.boundaries, struck_chords(score), SECOND)
    playing = sum(_plays_throughout(score, instrument) for instrument in instruments)
    counts = Counter(note.instrument for note in score.notes)
    return TakeScore(
        alignment=hits.matched / hits.boundaries if hits.boundaries else 1.0,
        coverage=playing / len(instruments),
        balance=1 - max(counts.values()) / len(score.notes) if counts else 0.0,
        likelihood=math.exp(-take.nll),
    )


def struck_chords(score: Score) -> tuple[float, ...]:
    """The CHORD marks at which guitar and piano strike three notes or more."""
    struck = Counter(note.onset for note in score.notes if note.instrument in CHORDAL)
    return tuple(chord for chord in score.chords if struck[chord] >= CHORD_NOTES)


def _plays_throughout(score: Score, instrument: Instrument) -> bool:
    onsets = [note.onset for note in score.part(instrument)]
    early = sum(onset < score.duration / 2 for onset in onsets)
    return min(early, len(onsets) - early) >= ENOUGH_NOTES
