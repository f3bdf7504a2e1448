"""Share the notes of the drums among the parts of the kit as songs do; lightly where it is calm.

Drums keep a groove, so a part of the kit that comes into it by chance would stay: a crash cymbal on
every beat, or a cowbell instead of the hi-hat. So the parts that have had more than their usual
share become less likely, those that have had less likelier. A crash cymbal marks a beginning.

Kick, snare, toms and crash cymbals would break the calm of calm music. So hats, ride and hand
percussion take their place: the deeper the calm, the more. How much the drums play stays as it was.
(Ours.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Ints, Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.percussion import CLOSED_HAT, CRASH, KICK, OPEN_HAT, RIDE, SNARE, TOMS
from engine.music.vocabulary import Kind
from engine.score import Instrument


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the kit. pitches: of General MIDI percussion. share: of the notes, 0..1.

    loud: it would break the calm of calm music.
    """

    pitches: frozenset[int]
    share: float
    loud: bool = False


_NAMED = KICK | SNARE | CLOSED_HAT | OPEN_HAT | RIDE | TOMS | CRASH
KIT = (
    Part(KICK, 0.20, loud=True),
    Part(SNARE, 0.13, loud=True),
    Part(CLOSED_HAT, 0.37),
    Part(OPEN_HAT, 0.05),
    Part(RIDE, 0.10),
    Part(TOMS, 0.03, loud=True),
    Part(CRASH, 0.01, loud=True),
    Part(frozenset(range(128)) - _NAMED, 0.11),
)
"""The shares are near those of 2,302 labelled training songs. Crash cymbals, to which beginnings
add, and other percussion have their medians (means .02 and .20). Hats and ride have the rest."""
STRENGTH = 3.0
"""A part becomes likelier by this power of the ratio of notes due to notes played."""
SOME = 3.0
"""Notes that may be too many or too few before the bias grows strong."""
BEGINS = 3.0
"""How much likelier a crash cymbal is at the beginning of a phrase, in nats."""
CALM = -0.2
"""The arousal below which drums are light."""
LIGHTER = 8.0
"""The bias against each loud part at an arousal of -1 below :data:`CALM`, in nats."""

_ONS: Ints = np.flatnonzero(
    (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
)
_PART = np.array(
    [next(n for n, part in enumerate(KIT) if pitch in part.pitches) for pitch in voc.PITCH[_ONS]]
)
"""The index of the part of each of these tokens [n]."""
_OF_PITCH = dict(zip(voc.PITCH[_ONS].tolist(), _PART.tolist(), strict=True))
_SHARES = np.array([part.share for part in KIT])
_LOUD = np.array([part.loud for part in KIT])
_CRASH = next(n for n, part in enumerate(KIT) if part.pitches == CRASH)


class DrumKit(Rule):
    """Keeps the parts of the kit near their usual shares, and calm drums light."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._played = np.zeros(len(KIT))
        """Notes of each part so far."""
        self._due = np.zeros(len(KIT))
        """Notes that each part would have by its share of them all."""

    def update(self, token: int, state: PieceState) -> None:
        """Count the note, and share it among the parts."""
        kind, _, instrument, pitch = voc.TOKENS[token]
        if kind is not Kind.ON or voc.INSTRUMENTS[instrument] is not Instrument.DRUMS:
            return
        self._played[_OF_PITCH[pitch]] += 1
        shares = _SHARES * np.exp(-_lightness(state) * _LOUD)
        self._due += shares / shares.sum()

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the parts that have had less than their share, and light ones in calm music."""
        before = np.logaddexp.reduce(logits[_ONS])
        if not np.isfinite(before):
            return logits
        bias = STRENGTH * np.log((self._due + SOME) / (self._played + SOME))
        bias -= _lightness(state) * _LOUD
        phrase = self._arrangement.phrase_at(state.cursor)
        if phrase is not None and phrase.start == state.cursor:
            bias[_CRASH] += BEGINS
        logits = logits.copy()
        logits[_ONS] += bias[_PART].astype(np.float32)
        logits[_ONS] += before - np.logaddexp.reduce(logits[_ONS])
        return logits


def _lightness(state: PieceState) -> float:
    """The bias against loud parts that calm music asks for, in nats; 0 where it is not calm."""
    calm = CALM - state.conditions.arousal
    return 0.0 if math.isnan(calm) else LIGHTER * max(calm, 0.0)
