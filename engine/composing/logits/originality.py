"""Steer away from passages of training songs.

A network knows some of its songs by heart. While a part plays what a song has, note by note, this
rule makes the song's next note less likely. It does so a little at first. A note that would
complete a passage of 24 notes becomes all but impossible (:mod:`engine.originality.grams`). Only
the pitches of the part are weighed against each other. Whether it plays, and when, stays as it was,
and so do the bass notes of planned chords. Passages of many songs stay free. (Ours; the bound on
copied n-grams is that of Papadopoulos et al. 2014, *Avoiding plagiarism in Markov sequence
generation*.)
"""

from __future__ import annotations

from collections import deque

import numpy as np

from engine.arrays import Ints, Logits, Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.originality.fingerprint import Fingerprint
from engine.originality.grams import GRAM, PASSAGE, gram_hashes
from engine.originality.lines import PITCHED
from engine.originality.passages import known_passages

FREE = 20
"""Notes of a known passage up to which nothing is steered: songs share that much all the time."""
STRENGTH = 2.0
"""The bias in nats by which each further note of a known passage becomes less likely."""
LAST = 12.0
"""The bias in nats of a note that completes a passage of 24, or makes it longer."""
_REMEMBERED = 128
"""Notes of a part that are remembered: a gram, and as many as may begin at one instant."""

_PITCHES: Ints = np.arange(voc.LOWEST_PITCH, voc.HIGHEST_PITCH + 1)
_ONS: dict[int, Ints] = {
    part: np.flatnonzero((voc.KIND == Kind.ON) & (part == voc.INSTRUMENT)) for part in PITCHED
}


class Originality(Rule):
    """Keeps the parts from playing what one song, or a few, have."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        self._lines = {part: _Line(fingerprint) for part in PITCHED}

    def update(self, token: int, state: PieceState) -> None:
        """Follow the part that plays."""
        kind, _, part, pitch = voc.TOKENS[token]
        if kind is Kind.ON and part in self._lines:
            self._lines[part].push(pitch, state.cursor)

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Make the next notes of known passages less likely."""
        biased = None
        for part, line in self._lines.items():
            costs = line.costs(state.cursor)
            if costs is None:
                continue
            ons = _ONS[part]
            before = logits[ons]
            total = np.logaddexp.reduce(before)
            if not np.isfinite(total):
                continue
            after = before - costs
            biased = logits.copy() if biased is None else biased
            biased[ons] = after + (total - np.logaddexp.reduce(after))
        return logits if biased is None else biased


class _Line:
    """The last notes of a part, and how many of them a song has in this order."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        self._fingerprint = fingerprint
        self._notes: deque[tuple[int, int, int]] = deque(maxlen=_REMEMBERED)
        """Step, pitch, and known grams in a row up to here."""
        self._costs: tuple[int, Logits] | None = None
        """The last costs, and their step."""
        self._next: Logits | None = None
        """What the next note costs, once it is known."""

    @property
    def known(self) -> int:
        """The length in notes of the known passage that ends with the last note; 0 for none."""
        grams = self._notes[-1][2] if self._notes else 0
        return grams + GRAM if grams else 0

    def push(self, pitch: int, step: int) -> None:
        """Append a note. Notes of one instant count from the lowest up, however they come."""
        self._next = None
        above = []
        while self._notes and self._notes[-1][:2] > (step, pitch):
            above.append(self._notes.pop()[1])
        for following in (pitch, *reversed(above)):
            grams = self._notes[-1][2] if self._notes else 0
            is_known = bool(self._continues(np.array([following]))[0])
            self._notes.append((step, following, grams + 1 if is_known else 0))

    def costs(self, step: int) -> Logits | None:
        """How much less likely each pitch becomes that goes on in a song's way.

        Nats, in the order of the ONs; None where nothing is steered. step: the present one.
        """
        before = self._costs[1] if self._costs is not None and self._costs[0] == step else None
        if self.known < FREE:
            return before
        if self._next is None:
            self._next = self._next_costs()
        costs = self._next
        # A note of a chord that is passed over must not come after the notes above it.
        costs = costs if before is None else np.maximum(costs, before)
        self._costs = step, costs
        return costs

    def _next_costs(self) -> Logits:
        notes = self.known + 1
        if notes < PASSAGE:
            return np.float32(STRENGTH * (notes - FREE)) * self._continues(_PITCHES)
        known = known_passages(self._with(_PITCHES, PASSAGE), self._fingerprint)
        return np.float32(LAST) * known[:, 0]

    def _continues(self, pitches: Ints) -> Mask:
        """Which pitches [n] make a known gram with the last notes."""
        if len(self._notes) < GRAM:
            return np.zeros(len(pitches), np.bool_)
        return self._fingerprint.knows(gram_hashes(self._with(pitches, GRAM + 1)))[:, 0]

    def _with(self, pitches: Ints, notes: int) -> Ints:
        """The last notes and each of these pitches, ``notes`` in all: [n, notes]."""
        last = [self._notes[place][1] for place in range(1 - notes, 0)]
        return np.column_stack([np.tile(last, (len(pitches), 1)), pitches])
