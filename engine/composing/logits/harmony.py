"""Play the planned chords.

The network chooses freely among the notes of the present chord. Other notes become less likely,
those outside the key most: a few of them would lead the network into another key, and it would
stay there. Only pitches are weighed against each other: when an instrument plays, and
how often, stays as it was. At a chord change, notes end that the new chord does not have. The first
note that the bass plays of a chord is the chord's lowest. Otherwise a bass could stay for many bars
on a pitch that all chords share. The others soon play the chord's third. Without thirds nobody
knows whether music is in major or in minor. Notes a semitone from one that sounds become less
likely, unless the chord has both. (Ours.)
"""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import lru_cache

import numpy as np

from engine.arrays import Ints, Logits, Mask
from engine.composing.logits.rule import Rule, stop_at
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.chord_symbols import LEADING, Chord
from engine.music.conditions import known
from engine.music.key import scale
from engine.music.vocabulary import Kind
from engine.score import Instrument

OUTSIDE, FOREIGN = -1.5, -2.5
"""The bias in nats of a note that is not in the chord, in the key and outside it."""
COLOUR, NATURAL = 3.0, -8.0
"""The bias of a note of the chord that is outside the key, and of the note of the key in whose
place it stands, such as F under a chord of D major in C major. The network prefers the latter: of
the leading notes that the chords of minor pieces have, it played one of six."""
LOWEST, LOWEST_FIRST = 1.0, 60.0
"""The bias of the chord's lowest note in the bass, and that of its first note of the chord, which
leaves no other."""
THIRD, THIRD_FIRST = 0.1, 2.0
"""The bias of the chord's third in the other instruments, once it has been played and before."""
SWEETER = 0.5
"""By how much the first one rises with each unit of valence. In 2,302 labelled training songs,
thirds and sixths are more frequent the more pleasant a song is (r = .13 at equal arousal, fourths
and fifths -.10)."""
SEMITONE = -1.25
"""The bias of a pitch class a semitone from one that sounds, unless the chord has both. Of the
pairs of pitch classes that sound at once, .057 were such semitones without it (median of 51
pieces); .026 are now, and .037 in songs."""
OFF_BEAT = 0.5
"""The share of the other biases off the beat, where melodies and basses pass through other notes.
Chord notes outside the key keep theirs: a note cannot pass as both F and F sharp."""
ANTICIPATION = 2
"""A note that began within this part of a beat before a chord change may go on."""

_BASS = voc.INSTRUMENTS.index(Instrument.BASS)
_PITCHED = [
    index for index, instrument in enumerate(voc.INSTRUMENTS) if instrument is not Instrument.DRUMS
]
_ONS: dict[int, Ints] = {
    index: np.flatnonzero((voc.KIND == Kind.ON) & (index == voc.INSTRUMENT)) for index in _PITCHED
}


class Harmony(Rule):
    """Keeps to the chords of an arrangement."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._changes = [step for step, _ in arrangement.chords]
        self._bass_chord = -1
        """The step at which the last chord began of which the bass has played a note."""
        self._third_chord = -1
        """The same for chords of which another instrument has played the third."""

    def update(self, token: int, state: PieceState) -> None:
        """Remember for which chord the bass has played, and for which one its third was played."""
        kind, _, instrument, pitch = voc.TOKENS[token]
        if kind is not Kind.ON:
            return
        if instrument == _BASS:
            self._bass_chord = self._arrangement.chord_onset(state.cursor)
        elif instrument in _ONS:
            chord = self._arrangement.chord_at(state.cursor)
            if chord is not None and pitch % 12 == chord.third:
                self._third_chord = self._arrangement.chord_onset(state.cursor)

    def forced_token(self, state: PieceState) -> int | None:
        """The OFF of a note that the present chord, which has just begun, does not have."""
        change = self._arrangement.chord_onset(state.cursor)
        chord = self._arrangement.chord_at(change)
        if chord is None or change != state.cursor or state.at_bar or not state.active:
            return None
        earliest = change - self._arrangement.grid.beat // ANTICIPATION
        for key, (onset, _) in state.active.items():
            if onset < earliest and _clashes(key, chord):
                return voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        return None

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Time stops at each chord change, in mid-bar too, so that notes can end there."""
        following = bisect_right(self._changes, state.cursor)
        if following == len(self._changes):
            return allowed
        return stop_at(self._changes[following], allowed, state)

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the notes of the present chord."""
        chord = self._arrangement.chord_at(state.cursor)
        if chord is None:
            return logits
        onset = self._arrangement.chord_onset(state.cursor)
        first, bare = self._bass_chord != onset, self._third_chord != onset
        valence = round(known(state.conditions.valence), 2)
        key = None if math.isnan(state.conditions.key) else int(state.conditions.key)
        weights = _weights(chord, first, bare, valence, key)
        altered = _altered(chord, key)
        share = np.float32(1 if self._arrangement.grid.is_beat(state.cursor) else OFF_BEAT)
        clashing = _clashing(frozenset(p % 12 for i, p in state.active if i in _ONS), chord)
        logits = logits.copy()
        for index, ons in _ONS.items():
            before = logits[ons]
            total = np.logaddexp.reduce(before)
            if np.isfinite(total):
                by_class = SEMITONE * clashing + altered
                biased = before + share * weights[index] + by_class[voc.PITCH[ons] % 12]
                logits[ons] = biased + (total - np.logaddexp.reduce(biased))
        return logits


def _clashes(key: Key, chord: Chord) -> bool:
    instrument, pitch = key
    return instrument in _ONS and pitch % 12 not in chord.pitch_classes


@lru_cache(maxsize=4096)
def _clashing(sounding: frozenset[int], chord: Chord) -> Logits:
    """1 for each pitch class a semitone from a sounding one, unless the chord has both; else 0."""
    near = {
        other
        for pitch in sounding
        for other in ((pitch + 1) % 12, (pitch - 1) % 12)
        if not {pitch, other} <= set(chord.pitch_classes)
    }
    return np.array([pitch in near for pitch in range(12)], np.float32)


@lru_cache(maxsize=512)
def _altered(chord: Chord, key: int | None) -> Logits:
    """The bias of each pitch class that a chord alters in a key, and of what it becomes: [12]."""
    bias = np.zeros(12, np.float32)
    if key is None:
        return bias
    in_key = scale(key)
    for pitch in chord.pitch_classes - in_key:
        bias[_natural(pitch, chord, in_key)] = NATURAL
    for pitch in chord.pitch_classes:
        bias[pitch] = 0 if pitch in in_key else COLOUR
    return bias


def _natural(pitch: int, chord: Chord, in_key: frozenset[int]) -> int:
    """The pitch class in whose place a chord's note from outside the key stands.

    Major thirds, roots that lead upwards and fifths above a root of the key are raised; others are
    lowered.
    """
    step = (pitch - chord.root) % 12
    raised = (
        step == 4
        or (step == 0 and chord.quality in LEADING)
        or (step == 7 and chord.root in in_key)
    )
    return (pitch - 1 if raised else pitch + 1) % 12


@lru_cache(maxsize=512)
def _weights(
    chord: Chord, first: bool, bare: bool, valence: float, key: int | None
) -> dict[int, Logits]:
    """The bias of each ON of each pitched instrument.

    first: whether the bass has yet to begin the chord. bare: whether its third has yet to be
    played. valence: -1..1. key: index into ``conditions.KEYS``; None if unknown.
    """
    lowest = np.float32(LOWEST_FIRST if first else LOWEST)
    classes = np.full(12, OUTSIDE if key is None else FOREIGN, np.float32)
    if key is not None:
        classes[list(scale(key))] = OUTSIDE
    classes[list(chord.pitch_classes)] = 0
    weights = {_BASS: classes[voc.PITCH[_ONS[_BASS]] % 12]}
    if chord.third is not None:
        classes = classes.copy()
        classes[chord.third] = THIRD_FIRST if bare else THIRD + SWEETER * valence
    weights |= {i: classes[voc.PITCH[ons] % 12] for i, ons in _ONS.items() if i != _BASS}
    weights[_BASS] = weights[_BASS] + np.where(
        voc.PITCH[_ONS[_BASS]] % 12 == chord.lowest, lowest, np.float32(0)
    )
    return weights
