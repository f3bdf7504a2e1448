from __future__ import annotations

import math

import numpy as np
import pytest

from engine.composing.seams import Seams
from engine.music import vocabulary as voc
from engine.score import Instrument

ON, OFF = voc.note_on(Instrument.PIANO, 60), voc.note_off(Instrument.PIANO, 60)


def test_the_likelihood_of_a_stretch_is_a_note_s_without_ends():
    even = np.zeros(voc.SIZE, np.float32)
    seams = Seams([(0.8, 1.6)])
    for step, token in ((99, ON), (100, ON), (100, voc.shift(5)), (105, OFF), (105, ON), (200, ON)):
        seams.measure(step, token, even)
    # Three tokens for two notes, each one of all tokens.
    assert seams.nll == pytest.approx(3 * math.log(voc.SIZE) / 2, rel=1e-5)


def test_without_notes_it_is_unknown():
    seams = Seams([(0.8, 1.6)])
    seams.measure(100, voc.shift(5), np.zeros(voc.SIZE, np.float32))
    assert math.isnan(seams.nll) and math.isnan(Seams([]).nll)


def test_stretches_hold_and_pass():
    seams = Seams([(0.8, 1.6), (2.4, 3.2)])
    assert [seams.hold(step) for step in (99, 100, 199, 200, 300, 400)] == [
        False, True, True, False, True, False,
    ]  # fmt: skip
    assert not seams.passed(399) and seams.passed(400)
    assert Seams([]).passed(0)
