"""Where the last chord of a planned piece falls."""

from __future__ import annotations

import pytest

from engine.music.conditions import parse_key
from engine.plan.harmony import leads_on
from engine.plan.last_chord import LONGEST_RING, RING
from engine.plan.plan import LATEST_PHRASE
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.plan.timing import Timing

FIXED = {"bpm": 100.0, "time_signature": "4/4"}


def test_a_film_of_some_seconds_has_something_before_its_last_chord(sheet):
    for duration in (3.5, 4.0, 5.0, 6.0):
        plan = plan_piece(sheet(duration, [0.0]), PlanOptions())
        assert plan.last_chord > 0
        assert plan.duration - plan.seconds_at(plan.last_chord) >= RING


def test_the_last_chord_falls_on_a_bar_line_that_leaves_time(sheet):
    plan = plan_piece(sheet(20.0), PlanOptions(**FIXED))
    # Bars begin every 2.4 s.
    assert plan.seconds_at(plan.last_chord) == pytest.approx(16.8)
    assert RING <= 20 - 16.8 <= LONGEST_RING


def test_the_last_chord_falls_in_mid_bar_where_bars_are_long(sheet, chords_of):
    plan = plan_piece(sheet(22.0), PlanOptions(bpm=40.0))
    # Bars begin at 12 and 18 s; 15 s is in the middle.
    assert plan.seconds_at(plan.last_chord) == pytest.approx(18.0)
    plan = plan_piece(sheet(18.5), PlanOptions(bpm=40.0))
    assert plan.seconds_at(plan.last_chord) == pytest.approx(15.0)
    assert len(chords_of(plan)[2].split()) == 2


def test_the_last_chord_falls_on_a_boundary_near_the_end(sheet):
    plan = plan_piece(sheet(30.0, [0.0, 9.6, 28.2]), PlanOptions(**FIXED))
    assert plan.seconds_at(plan.last_chord) == pytest.approx(28.2)
    # Not on the very last moment, where nobody would hear it.
    late = 30.0 - LATEST_PHRASE / 2
    plan = plan_piece(sheet(30.0, [0.0, late, 30.0]), PlanOptions())
    assert plan.duration - plan.seconds_at(plan.last_chord) >= RING


def test_the_last_chord_is_on_any_beat_of_a_bar_the_tonic_from_there_on(sheet, check):
    for beat in range(40, 49):
        seconds = beat * 0.6
        cues = sheet(seconds + 2.0, [0.0, seconds])
        plan = plan_piece(cues, PlanOptions(**FIXED))
        assert plan.last_chord == beat
        check(plan, cues, PlanOptions(**FIXED))
        arrangement, timing = Timing(plan).arrangement, Timing(plan)
        key = int(parse_key(plan.phrases[-1].key))
        before = arrangement.chord_at(beat * timing.beat - 1)
        name = f"{(before.root - key) % 12}" + (f":{before.quality}" if before.quality else "")
        assert leads_on((name,), key >= 12)


def test_a_boundary_that_is_missed_is_no_last_chord(sheet):
    plan = plan_piece(sheet(30.0, [0.0, 28.0]), PlanOptions(**FIXED))
    assert plan.met([28.0])[0] == 0
    assert plan.last_chord in plan.bar_lines()
