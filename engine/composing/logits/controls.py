"""Keep to the beats of a plan, and to the key and density that were asked for.

The network is conditioned on tempo, metre, key and density; this rule makes sure of them. The beats
of a plan hold to the letter: time moves from point to point of their grid, and a bar begins where
one must. So the bars of the music are those of a user's project. In free time nothing holds the
tempo. Key and density are preferences. Notes outside the key become unlikely. With too many notes
time moves on sooner, with too few it moves on later. A section of the film with another emotion
begins with neither.
The rule knows nothing of the film. A boundary counts as the nearest point of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from engine.arrays import Logits, Mask
from engine.composing.infill import Given
from engine.composing.logits.part_balance import usual_share
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.conditions import KEYS
from engine.music.key import profile
from engine.music.vocabulary import Kind, to_seconds
from engine.score import Instrument

KEY_STRENGTH = 2.0
"""A pitch class becomes likelier by this power of its weight in the key's profile."""
BESIDE_CHORDS = 0.35
"""The part of this bias that remains where chords are planned. They say which notes fit; the key
makes its tonic and its mode plain."""
DENSITY_STRENGTH = 10.0
"""A time shift becomes likelier by this power of the ratio of notes present to notes asked for."""
LONGER = 4.0
"""A time shift of twice the length becomes likelier by this further power of the same ratio."""
FIRMER = 4.0
"""How the bias grows beyond that where the ratio is far off. A drum pattern is hard to thin out."""
PATIENCE = 2.0
"""Seconds of notes that may be too many or too few before the bias grows strong."""
MEMORY = 8.0
"""The seconds after which notes too many or too few count only 1 / e. A rule that forgot nothing
made up for a thin phrase by a bar of 200 notes."""

_LENGTH = np.log2(np.arange(1, voc.MAX_SHIFT + 1) / 32).astype(np.float32)
"""The length of each TIMESHIFT [125] in octaves above a quarter of a second."""
_OFFS = voc.KIND == Kind.OFF
_BEGINS = (voc.KIND == Kind.ON) | (voc.KIND == Kind.CHORD)


class Controls(Rule):
    """Keeps to a plan's beats, and to the key and density of the present section.

    arrangement: has the beats and bars; None for free time. Its chords take most of the place of
    the key's notes. given: music that is kept; its density is what it is, and the rest neither
    makes up for it nor profits.
    """

    def __init__(self, arrangement: Arrangement | None = None, given: Given | None = None) -> None:
        self._given, self._arrangement = given, arrangement
        self._grid = None if arrangement is None else arrangement.grid
        self._has_chords = arrangement is not None and bool(arrangement.chords)
        self._step, self._asked = 0, 0.0
        """A step, and how many notes its section asked for of late, without those of given music.
        """
        self._emotion = ""
        """Valence and arousal of that section, as text, because NaN is unlike itself."""
        self._played, self._counted = 0.0, 0
        """How many notes it had of late, and how many of the whole piece are counted."""

    def nearest_time(self, seconds: float) -> float:
        """The time in seconds at which the piece can meet a boundary."""
        return seconds if self._grid is None else self._grid.nearest(seconds)

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Keep the beats: time shifts lead to the grid, and bars begin where they must."""
        if self._grid is None:
            return allowed
        if self._grid.is_bar(state.cursor) and not state.at_bar:
            return only_bar(allowed)
        allowed = allowed.copy()
        allowed[voc.BAR] = False
        if state.cursor % self._grid.part:
            # Given music has led off the grid.
            allowed[_BEGINS] = False
        allowed[voc.SHIFTS] &= np.isfinite(self._grid.shifts(state.cursor))
        return allowed

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Prefer the beats of the grid, the notes of the key, and the density."""
        logits = logits.copy()
        conditions = state.conditions
        if self._grid is not None:
            logits[voc.SHIFTS] += self._grid.shifts(state.cursor)
        if not math.isnan(conditions.key):
            part = np.float32(BESIDE_CHORDS if self._has_chords else 1.0)
            logits += part * _KEY_BIAS[int(conditions.key)]
        if not math.isnan(conditions.density):
            too_many = self._too_many(conditions.density, state)
            too_many *= 1 + FIRMER * abs(too_many)
            logits[voc.SHIFTS] += too_many * (DENSITY_STRENGTH + LONGER * _LENGTH)
        return logits

    def _too_many(self, density: float, state: PieceState) -> float:
        """How many notes the film's section has had of late, by what it asked for, on a log scale.

        It is 0 if that is right.
        """
        step, cursor, played, share = self._step, state.cursor, state.notes, 1.0
        composed: Iterable[tuple[int, frozenset[Instrument] | None]] = [(cursor - step, None)]
        if self._given is not None:
            # Given notes that found no room were never played.
            played = max(played - self._given.notes_before(cursor), 0)
            composed = self._given.composed(step, cursor)
            free = self._given.free_at(to_seconds(cursor))
            share = usual_share(self._arrangement, cursor, free or None)
        self._played += max(played - self._counted, 0)
        self._counted = max(played, self._counted)
        if cursor > step:
            emotion = repr((state.conditions.valence, state.conditions.arousal))
            if emotion != self._emotion and self._emotion:
                # Music that was too sparse must not make up for it where the emotion is another.
                self._asked = self._played = 0.0
            else:
                kept = math.exp(-to_seconds(cursor - step) / MEMORY)
                self._played *= kept
                self._asked *= kept
                for steps, parts in composed:
                    of_parts = usual_share(self._arrangement, step, parts)
                    self._asked += density * of_parts * to_seconds(steps)
            self._step, self._emotion = cursor, emotion
        some = PATIENCE * density * share
        if not cursor or not some:
            return 0.0
        return math.log((self._played + some) / (self._asked + some))


def only_bar(allowed: Mask) -> Mask:
    """A bar begins: BAR may come, or first the OFFs of notes that end there."""
    allowed = allowed & _OFFS
    allowed[voc.BAR] = True
    return allowed


def _key_bias(key: int) -> Logits:
    """The bias of each token [V] for a key."""
    drums = voc.INSTRUMENTS.index(Instrument.DRUMS)
    pitched = (voc.KIND == Kind.ON) & (drums != voc.INSTRUMENT)
    weights = profile(key)
    bias = np.zeros(voc.SIZE, np.float32)
    bias[pitched] = KEY_STRENGTH * np.log(weights / weights.mean())[voc.PITCH[pitched] % 12]
    return bias


_KEY_BIAS = [_key_bias(key) for key in range(len(KEYS))]
