from __future__ import annotations

import math

import pytest

from engine.music.conditions import KEYS
from engine.plan.theme_key import melody_key
from engine.score import Instrument, Note


@pytest.mark.parametrize(
    ("pitches", "key"),
    [
        ((69, 72, 76, 76, 74, 72, 71, 71, 72, 74, 76, 77, 76, 76, 76, 76), "A minor"),
        ((64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62), "C major"),
        ((66, 69, 74, 73, 71, 69, 67, 66, 64, 62), "D major"),
        ((62, 65, 69, 73, 74, 72, 70, 69, 67, 65, 64, 62), "D minor"),
        ((60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71), None),
    ],
)
def test_the_key_of_a_melody(pitches, key):
    notes = [Note(Instrument.PIANO, float(n), n + 1.0, pitch) for n, pitch in enumerate(pitches)]
    found = melody_key(notes)
    assert key == (None if math.isnan(found) else KEYS[int(found)])
