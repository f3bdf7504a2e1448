"""Further notes of an instrument at an instant are less likely, unless a chord was called."""

from __future__ import annotations

import numpy as np

from engine.composing.logits.texture import STRENGTH, Texture
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

FLAT = np.zeros(voc.SIZE, np.float32)
ONS = voc.KIND == Kind.ON


def biases(*tokens: int) -> dict[Instrument, float]:
    """The bias of each instrument's ONs after these tokens; nothing else has any."""
    rule, state = Texture(), PieceState([(60.0, Conditions())])
    for token in tokens:
        state.push(token)
        rule.update(token, state)
    biased = rule.bias(FLAT, state)
    assert not biased[~ONS].any() and not FLAT.any()
    found = {}
    for index, instrument in enumerate(voc.INSTRUMENTS):
        (value,) = set(biased[ONS & (index == voc.INSTRUMENT)].tolist())
        if value:
            found[instrument] = value
    return found


def on(instrument: Instrument, pitch: int = 60) -> int:
    return voc.note_on(instrument, pitch)


def test_a_second_note_at_an_instant_is_less_likely():
    played = [on(Instrument.PIANO), on(Instrument.STRINGS)]
    assert biases(*played) == {
        instrument: -STRENGTH[instrument] for instrument in (Instrument.PIANO, Instrument.STRINGS)
    }


def test_drums_and_bass_are_left_alone():
    assert biases(on(Instrument.BASS, 40), on(Instrument.DRUMS, 36)) == {}


def test_the_next_instant_begins_anew():
    assert biases(on(Instrument.PIANO), voc.shift(10)) == {}


def test_a_called_chord_has_as_many_notes_as_it_likes():
    played = voc.CHORD, on(Instrument.PIANO), on(Instrument.STRINGS)
    assert biases(*played) == {Instrument.STRINGS: -STRENGTH[Instrument.STRINGS]}
    assert Instrument.PIANO in biases(*played, voc.shift(10), on(Instrument.PIANO, 62))
