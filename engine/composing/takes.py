"""Several takes of one piece, and the best of them.

Takes of one seed differ: some meet more boundaries, and let more instruments play.
:class:`TakeScore` states what counts as good.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.listener import Listener
from engine.composing.logits.grammar import CHORD_NOTES
from engine.composing.loop import compose_all
from engine.cues import CueSheet
from engine.metrics.alignment import SECOND, alignment
from engine.model.runtime import Network
from engine.score import CHORDAL, Instrument, Score

ENOUGH_NOTES = 10
"""Notes in each half of a piece from which on an instrument counts as playing throughout."""


@dataclass(frozen=True, slots=True)
class TakeScore:
    """How well a take fits what was asked; each part 0..1.

    alignment: the share of boundaries with a chord within a second; 1 without boundaries.
    coverage: the share of the chosen instruments that play in both halves.
    balance: the share of notes that do not belong to the busiest instrument.
    likelihood: the geometric mean probability that the network gives a token.
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
    listener: Listener | None = None,
) -> list[tuple[Take, TakeScore]]:
    """Compose ``count`` takes at once, each with its score.

    progress: called with the seconds of music composed so far, all takes together.
    listener: follows the first take while it is composed.
    """
    requests = [(cues, replace(config, take=take)) for take in range(count)]
    takes = compose_all(requests, network, progress, listener)
    return [(take, take_score(take, cues, config.instruments)) for take in takes]


def best(scores: Sequence[TakeScore]) -> int:
    """The index of the take with the greatest total; the earliest of equals."""
    return max(range(len(scores)), key=lambda take: (scores[take].total, -take))


def take_score(take: Take, cues: CueSheet, instruments: tuple[Instrument, ...]) -> TakeScore:
    """Score a take for a cue sheet and the chosen instruments."""
    score = take.score
    hits = alignment(cues.boundaries, played_chords(score), SECOND)
    playing = sum(_plays_throughout(score, instrument) for instrument in instruments)
    counts = Counter(note.instrument for note in score.notes)
    return TakeScore(
        alignment=hits.matched / hits.boundaries if hits.boundaries else 1.0,
        coverage=playing / len(instruments),
        balance=1 - max(counts.values()) / len(score.notes) if counts else 0.0,
        likelihood=math.exp(-take.nll),
    )


def played_chords(score: Score) -> tuple[float, ...]:
    """The CHORD marks at which guitar and piano play three notes or more."""
    played = Counter(note.onset for note in score.notes if note.instrument in CHORDAL)
    return tuple(chord for chord in score.chords if played[chord] >= CHORD_NOTES)


def _plays_throughout(score: Score, instrument: Instrument) -> bool:
    onsets = [note.onset for note in score.part(instrument)]
    early = sum(onset < score.duration / 2 for onset in onsets)
    return min(early, len(onsets) - early) >= ENOUGH_NOTES
