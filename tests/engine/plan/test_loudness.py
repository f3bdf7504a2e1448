from __future__ import annotations

import math

import pytest

from engine.plan.loudness import NEARER, bar_times, levels
from engine.plan.plan import DYNAMICS, Phrase, Plan
from engine.score import Instrument
from engine.section import Section

PLAN = Plan(
    16.0,
    ((0, 0.0), (32, 16.0)),
    (4,),
    phrases=tuple(
        Phrase(bar, "A", "C major", (Instrument.PIANO,), 8.0, mark)
        for bar, mark in ((1, "p"), (5, "ff"))
    ),
)


def section(start: float, arousal: float) -> Section:
    return Section(start, start + 8.0, {}, 0.0, arousal, "test")


def test_phrases_set_the_level():
    found = levels((section(0.0, 0.9),), PLAN)
    assert found == ((0.0, DYNAMICS["p"] ** NEARER), (8.0, DYNAMICS["ff"] ** NEARER))


def test_without_phrases_arousal_does_where_it_is_known():
    found = levels((section(0.0, -0.9), section(8.0, math.nan), section(16.0, 0.9)), None)
    assert [start for start, _ in found] == [0.0, 16.0]
    assert found[0][1] < 1 < found[1][1]


def test_bars_are_those_of_the_plan():
    assert bar_times(PLAN) == pytest.approx([2.0 * bar for bar in range(8)])
    assert bar_times(None) == ()
