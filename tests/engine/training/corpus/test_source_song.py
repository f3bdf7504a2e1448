from __future__ import annotations

import numpy as np
import pytest

from engine.score import Instrument
from engine.training.corpus.source_song import Clock, family, main_metre

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument


@pytest.mark.parametrize(
    ("programs", "instrument"),
    [
        (range(0, 8), PIANO),
        (range(8, 24), STRINGS),
        (range(24, 32), GUITAR),
        (range(32, 40), BASS),
        (range(40, 96), STRINGS),
        (range(96, 104), None),
        (range(104, 112), STRINGS),
        (range(112, 128), None),
    ],
)
def test_programs_are_merged_as_in_lpd_5(programs, instrument):
    assert {family(program, is_drum=False) for program in programs} == {instrument}
    assert {family(program, is_drum=True) for program in programs} == {DRUMS}


def test_a_clock_follows_every_tempo():
    clock = Clock(np.array([0.0, 480.0]), np.array([1 / 960, 1 / 480]), 480, 960.0)
    ticks = np.array([0.0, 240.0, 480.0, 960.0, 1440.0])
    assert clock.seconds(ticks) == pytest.approx([0, 0.25, 0.5, 1.5, 2.5])
    assert clock.seconds(720.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("spans", "metre"),
    [
        ({"3/4": 8.0}, 1),
        ({"3/4": 8.0, "4/4": 2.0}, 1),
        ({"3/4": 7.0, "4/4": 3.0}, None),
        ({"5/4": 8.0}, None),
        ({}, None),
    ],
)
def test_the_metre_is_the_one_a_song_keeps_to(spans, metre):
    found = main_metre(spans)
    assert found == metre if metre is not None else np.isnan(found)
