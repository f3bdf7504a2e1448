from __future__ import annotations

import math

from bridge.play.expression import expression
from engine.cues import Section
from engine.score import Instrument


def curve(*arousals, length=10.0):
    sections = [
        Section(length * n, length * (n + 1), {}, 0.0, arousal, "test")
        for n, arousal in enumerate(arousals)
    ]
    found = [c for c in expression(sections) if c.instrument is Instrument.BASS]
    return [(c.seconds, c.value) for c in found]


def test_one_section_is_one_value_for_each_part():
    assert curve(1.0) == [(0.0, 127)]
    assert len(expression([Section(0, 9, {}, 0.0, 0.0, "test")])) == len(Instrument)


def test_unknown_arousal_counts_as_0():
    assert curve(math.nan) == curve(0.0)


def test_a_change_is_a_ramp_around_it():
    values = curve(-1.0, 1.0)
    assert values[0] == (0.0, 60) and values[-1][1] == 127
    assert values[1][0] >= 9.0 and values[-1][0] <= 11.1
    assert [v for _, v in values] == sorted(v for _, v in values)


def test_the_ramps_of_short_sections_stay_in_order():
    times = [seconds for seconds, _ in curve(-1.0, 1.0, -1.0, 0.5, length=0.5)]
    assert times == sorted(times)


def test_without_sections_there_is_no_expression():
    assert expression([]) == ()
