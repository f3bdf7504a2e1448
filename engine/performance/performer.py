"""Performs the notes of a score, also of one that still grows: velocities, lengths, strokes.

A piece that is followed while it is composed is performed as the finished one, because notes are
performed in order of onset, and nothing depends on later ones.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import Floats
from engine.errors import EmsyncError
from engine.performance import features, style
from engine.performance.accents import BOOST, Accents, limited
from engine.performance.bins import BINS, bin_of, wandered, within
from engine.performance.history import History
from engine.performance.network import VelocityNetwork, read_network
from engine.performance.passage import Passage, bar_places, order, passage
from engine.performance.releases import Draft, Releases
from engine.score import CHORDAL, BeatMap, Note, Score

LEVELS = (92.0, 80.0, 84.0, 84.0, 86.0)
"""The mean velocity of each part at the usual loudness. The median of songs is 85; their bass is
louder than their drums."""
RANGES = ((6.0, 11.0), (16.0, 25.0), (10.0, 16.0), (9.0, 16.0), (11.0, 18.0))
"""Between which standard deviations a part's velocities lie: about the middle half of songs."""
HELD = 0.6
"""The share of a part's wandering from its level that is taken back."""
PACE = 1 / 48
"""The weight of a note in the running mean that shows where a part has wandered."""
HABIT = 0.4
"""The share of notes that are drawn as others at the same place of the bar are."""
AT_ONCE = 0.5
"""Seconds of music that are performed at once while a piece is composed. Numpy's calls cost as much
for one note as for many."""
_EARLY = 1e-3
"""Seconds by which a note may come before the change of level that it belongs to."""
_LEAST = 1e-300

Kept = Callable[[Note], Note | None]
"""From a note as composed to the note as it was performed before and stays; None for a new one."""


@dataclass(frozen=True, slots=True)
class PerformanceConfig:
    """How to perform notes.

    amount: of velocities, 0 (flat: every note as composed) .. 1 (as songs are played). seed:
    another one gives another performance. levels: seconds, rising, and how loud the piece is from
    there on, as a share of the usual loudness; without them, the usual one. humanize: of lengths
    and strokes, 0 (as composed) .. 1 (as songs are played). brightness: seconds, rising, and how
    joyful the music is from there on, -1..1.

    Raises EmsyncError for an amount out of range.
    """

    amount: float = 1.0
    seed: int | tuple[int, ...] = 0
    levels: tuple[tuple[float, float], ...] = ()
    humanize: float = 0.0
    brightness: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount <= 1.0:
            raise EmsyncError(f"dynamics {self.amount:g}: give 0 (flat) to 1")
        if not 0.0 <= self.humanize <= 1.0:
            raise EmsyncError(f"humanize {self.humanize:g}: give 0 (as written) to 1")


def perform(
    score: Score,
    config: PerformanceConfig,
    kept: Kept | None = None,
    network: VelocityNetwork | None = None,
) -> Score:
    """The score as it is performed. Only its notes change.

    kept: the notes that stay as they were performed. network: the shipped one by default.
    """
    if config.amount == 0 and config.humanize == 0 and kept is None:
        return score
    return perform_both(score, config, kept, network)[1]


def perform_both(
    score: Score,
    config: PerformanceConfig,
    kept: Kept | None = None,
    network: VelocityNetwork | None = None,
) -> tuple[Score, Score]:
    """The score as it is written, and as it is performed; the same but for times of notes.

    Arguments as for :func:`perform`.
    """
    performer = Performer(config, score.beat_map, kept, network)
    drafts = performer.drafts(score.notes, score.chords, math.inf)
    written = tuple(replace(note, velocity=played.velocity) for note, played, _ in drafts)
    return replace(score, notes=written), replace(score, notes=performer.played(drafts))


class Performer:
    """Performs the notes of one piece as they become known."""

    def __init__(
        self,
        config: PerformanceConfig,
        beat_map: BeatMap | None = None,
        kept: Kept | None = None,
        network: VelocityNetwork | None = None,
    ) -> None:
        """beat_map: the beats of a planned piece. The rest is as for :func:`perform`."""
        self._config, self._kept = config, kept
        self._network = read_network() if network is None else network
        self._places = bar_places(beat_map)
        self._releases = (
            Releases(config.humanize, config.seed, config.brightness, beat_map, self._places)
            if config.humanize
            else None
        )
        self._waiting: list[Note] = []
        self._chords: set[float] = set()
        self._context: Passage = passage((), self._places)
        self._history, self._accents = History(), Accents()
        self._draws = np.random.default_rng(config.seed)
        low, high = np.array(RANGES).T
        spread = low + (high - low) * self._draws.random(features.PARTS)
        self._style = style.features(np.arange(features.PARTS), np.array(LEVELS), spread)
        self._habit = _gumbel(self._draws.random((features.PARTS, features.PLACES, BINS)))
        """The noise of each part at each place of the bar."""
        self._in_bin = self._draws.random(features.PARTS).tolist()
        """For each part, where in its bin the last velocity was."""
        self._level = list(LEVELS)
        """For each part, a running mean of its velocities."""

    def push(
        self, notes: Iterable[Note], chords: Iterable[float], until: float
    ) -> tuple[Note, ...]:
        """Take further notes and CHORDs of the piece; returns the notes that can be performed now.

        until: seconds; all notes that begin before are known. Later ones wait. The result is by
        onset, then part, then pitch. A strummed chord may last a few milliseconds beyond ``until``.
        """
        return self.played(self.drafts(notes, chords, until))

    def drafts(self, notes: Iterable[Note], chords: Iterable[float], until: float) -> list[Draft]:
        """The same notes before they are played, by written onset, then part, then pitch."""
        self._waiting += notes
        self._chords.update(chords)
        ready = sorted((note for note in self._waiting if note.onset < until), key=order)
        self._waiting = [note for note in self._waiting if note.onset >= until]
        if self._config.amount and ready:
            return list(self._with_velocities(ready))
        return [self._draft(note) for note in ready]

    def played(self, drafts: Sequence[Draft]) -> tuple[Note, ...]:
        """What drafts become once they are played, by onset, then part, then pitch."""
        if self._releases is None:
            return tuple(sorted((note for _, note, _ in drafts), key=order))
        return tuple(sorted(self._releases.push(drafts), key=order))

    def _draft(self, note: Note) -> Draft:
        """A note with the velocity that it has; kept ones as they were performed."""
        old = None if self._kept is None else self._kept(note)
        return note, note if old is None else old, old is not None or self._is_chord(note)

    def _is_chord(self, note: Note) -> bool:
        """Whether a note belongs to a chord on a boundary."""
        return note.instrument in CHORDAL and note.onset in self._chords

    def _with_velocities(self, notes: Sequence[Note]) -> Iterable[Draft]:
        fresh = passage(notes, self._places)
        known = self._context + fresh
        of_score = features.features(known)[len(self._context) :]
        self._context = known[features.still_needed(known)]
        sums = self._network.sums(np.concatenate([of_score, self._style[fresh.part]], axis=1))
        twelfths = features.twelfths(fresh)
        draws = self._draws.random((len(notes), BINS + 2))
        noise = _gumbel(draws[:, :BINS])
        as_usual = (draws[:, BINS + 1] < HABIT) & (fresh.place >= 0)
        noise[as_usual] = self._habit[fresh.part, twelfths][as_usual]
        for place, (note, part, twelfth, wander) in enumerate(
            zip(
                notes,
                fresh.part.tolist(),
                twelfths.tolist(),
                draws[:, BINS].tolist(),
                strict=True,
            )
        ):
            before = self._history.features(note.onset, part, note.pitch, twelfth)
            is_chord = self._is_chord(note)
            loudness = self._loudness(note.onset)
            old = None if self._kept is None else self._kept(note)
            if old is not None:
                # What it would have been at the usual loudness, without the chord's boost.
                plain = old.velocity - (BOOST if is_chord else 0)
                nominal = min(max(plain / loudness, 1.0), 127.0)
                number, performed = int(bin_of(nominal)), old
                self._accents.keep(note.onset, old.velocity, is_chord)
            else:
                logits = self._network.logits(sums[place], before)
                number = int((logits + noise[place]).argmax())
                self._in_bin[part] = wandered(self._in_bin[part], wander)
                nominal = within(number, self._in_bin[part])
                level = nominal + HELD * (LEVELS[part] - self._level[part])
                performed = replace(note, velocity=self._velocity(note, level * loudness, is_chord))
            self._level[part] += PACE * (nominal - self._level[part])
            self._history.push(part, note.pitch, twelfth, number, nominal)
            yield note, performed, old is not None or is_chord

    def _loudness(self, onset: float) -> float:
        """How loud the piece is at a time, as a share of the usual."""
        levels = self._config.levels
        if not levels:
            return 1.0
        return levels[max(0, bisect_right(levels, (onset + _EARLY, math.inf)) - 1)][1]

    def _velocity(self, note: Note, wished: float, is_chord: bool) -> int:
        amount, onset = self._config.amount, note.onset
        wanted = limited(wished) + (BOOST if is_chord else 0)
        blended = note.velocity + amount * (wanted - note.velocity)
        return (self._accents.chord if is_chord else self._accents.plain)(onset, blended)


def _gumbel(draws: Floats) -> Floats:
    """Noise from uniform draws: the greatest of logits and noise is a draw from the logits'
    distribution."""
    return -np.log(-np.log(np.maximum(draws, _LEAST)))
