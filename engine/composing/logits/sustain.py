"""Let notes be long or short, as the emotion asks.

Strings under a film mostly hold their notes. The network learnt from songs, whose strings often
repeat short ones. So the end of a strings' note becomes less likely until the note has lasted a
while, the longer the calmer the music is.

Listeners take connected notes for sad or tender, and detached ones for happy (Gabrielsson and
Lindstrom 2010). So the others hold their notes where the music is sad, and all let go of them where
it is joyful. (Ours.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.conditions import Conditions, known
from engine.plan.mood import brightness
from engine.score import Instrument

CALM, EXCITED = 2.0, 0.25
"""How many beats a strings' note is to last at an arousal of -1, and of 1."""
LIGHTER = 0.6
"""By how many octaves each unit of valence shortens this. In 2,302 labelled training songs, the
strings of pleasant songs hold their notes for less of a bar (r = -.15 at equal arousal)."""
STRENGTH = 1.3
"""The bias against an earlier end of it, in nats."""
CONNECTED = 1.0
"""How many beats their notes are to last where both are -1; in proportion above, 0 at 0."""
DETACHED = 0.5
"""The beats after which their notes are to end where both are above 0."""
LETTING_GO = 0.7
"""The bias towards this end where both are 1, in nats; in proportion below."""
BASS_STAYS = 1.5
"""How many times longer the bass connects its notes."""
BASS_BEATS = 0.75
"""The beats after which a bass note is to end, where music is neither sad nor joyful; half as many
where it is joyful, twice as many where it is sad. In songs the median bass note lasts a quarter of
a bar in calm ones, an eighth in excited ones. Left alone, it lasts up to a bar in calm pieces."""
BASS_ENDS = 3.5
"""The bias towards this end, in nats."""

MOST, RELEASE = 3, 3.0
"""An instrument lets go of its earlier notes while more than this many sound, with this bias.
Otherwise slow and sad music would be a mass of 14 notes at a time; songs have 6. In songs, piano
and strings have two notes at a time, and four in one of ten."""

_BASS, _DRUMS, _STRINGS = (
    voc.INSTRUMENTS.index(i) for i in (Instrument.BASS, Instrument.DRUMS, Instrument.STRINGS)
)


class Sustain(Rule):
    """Makes early ends of notes less likely, or late ends likelier."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._beat = arrangement.grid.beat

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Disfavour the OFFs of notes that began a short while ago, and favour late ones."""
        biases = list(self._biases(state))
        if not biases:
            return logits
        biased = logits.copy()
        for (instrument, pitch), bias in biases:
            biased[voc.note_off(voc.INSTRUMENTS[instrument], pitch)] += np.float32(bias)
        return biased

    def _biases(self, state: PieceState) -> Iterator[tuple[Key, float]]:
        """The bias of the OFF of each active note."""
        asked = state.conditions
        held, bright = _strings_beats(asked), brightness(asked.valence, asked.arousal)
        sounding = Counter(instrument for instrument, _ in state.active)
        last = dict(sorted((key[0], onset) for key, (onset, _) in state.active.items()))
        for key, (onset, _) in state.active.items():
            beats = (state.cursor - onset) / self._beat
            if key[0] == _DRUMS:
                continue
            if sounding[key[0]] > MOST:
                if onset < last[key[0]]:
                    yield key, RELEASE
            elif key[0] == _STRINGS and beats < held:
                yield key, -STRENGTH
            elif key[0] != _STRINGS and beats < -CONNECTED * bright * (
                BASS_STAYS if key[0] == _BASS else 1.0
            ):
                if onset == last[key[0]]:
                    yield key, -STRENGTH
            elif key[0] == _BASS:
                if beats >= BASS_BEATS * 2**-bright:
                    yield key, BASS_ENDS
            elif bright > 0 and beats >= DETACHED:
                yield key, LETTING_GO * bright


def _strings_beats(conditions: Conditions) -> float:
    """How many beats a strings' note is to last."""
    usual = CALM + (EXCITED - CALM) * (known(conditions.arousal) + 1) / 2
    return float(usual * 2 ** (-LIGHTER * known(conditions.valence)))
