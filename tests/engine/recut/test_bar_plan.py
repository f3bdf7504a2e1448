"""Phrases of bars: one begins where it is asked for, and where anything changes."""

from __future__ import annotations

from dataclasses import replace

from engine.recut.bar_plan import BarPlan, phrases_of


def test_a_phrase_ends_where_another_is_asked_for_or_anything_changes(old_plan):
    phrase = old_plan.phrases[0]
    louder = replace(phrase, dynamics="ff")
    bars = [
        BarPlan(phrase, "Am", True),
        BarPlan(replace(phrase, bar=7), "F", False),
        BarPlan(phrase, "C", True),
        BarPlan(louder, "G", False),
    ]
    first, second, third = phrases_of(bars)
    assert (first.bar, first.chords) == (1, ("Am", "F"))
    assert (second.bar, second.chords, second.dynamics) == (3, ("C",), phrase.dynamics)
    assert (third.bar, third.chords, third.dynamics) == (4, ("G",), "ff")


def test_a_phrase_with_a_bar_that_has_no_chords_has_none(old_plan):
    phrase = old_plan.phrases[0]
    (found,) = phrases_of([BarPlan(phrase, "Am", True), BarPlan(phrase, "", False)])
    assert found.chords == ()
