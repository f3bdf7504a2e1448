"""The last bar of a gap leads to the next kept bar as in the old plan, or by a cadence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.recut.bar_plan import BarPlan
from engine.recut.cadences import end_with_tonic, lead_to


@pytest.fixture
def bar(old_plan):
    """Makes a bar in A minor: ``bar("Am F")``."""
    phrase = replace(old_plan.phrases[0], key="A minor")
    return lambda chords: BarPlan(phrase, chords, False)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_chords_that_led_to_a_kept_bar_stay(bar, rng):
    bars = lead_to(bar("F"), "Dm E7", [bar("Am")], [bar("C"), bar("F")], 4, rng)
    assert [each.chords for each in bars] == ["C", "Dm E7"]


def test_a_shorter_bar_has_the_chords_nearest_to_the_goal(bar, rng):
    (last,) = lead_to(bar("F"), "F Dm E7", [], [bar("F")], 2, rng)
    assert last.chords == "Dm E7"


def test_chords_that_do_not_lead_there_give_way_to_a_cadence(bar, rng):
    (last,) = lead_to(bar("Am"), "Am", [bar("F")], [bar("C")], 4, rng)
    assert last.chords not in ("Am", "C") and last.chords.split()[-1].startswith(("E", "G"))


def test_bars_without_chords_stay_as_they_are(bar, rng):
    assert lead_to(bar("Am"), "E7", [], [bar("")], 4, rng) == [bar("")]


def test_the_last_gap_ends_with_the_tonic(bar, old_plan, rng):
    count = len(old_plan.bar_lines())
    before, gap = [bar("Am")] * (count - 3), [bar("F")] * 3
    bars = end_with_tonic(old_plan, before, gap, rng)
    at = old_plan.bar_at(old_plan.last_chord) - 1 - len(before)
    assert bars[at].chords.split()[-1] == "Am" and all("Am" not in b.chords for b in bars[:at])
    silent = replace(old_plan, last_chord=None)
    assert end_with_tonic(silent, before, gap, rng) == gap
