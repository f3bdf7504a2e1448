from __future__ import annotations

import json

import pytest

from engine.errors import EmsyncError
from engine.music.conditions import METRES
from engine.plan.plan import Plan, from_json, plan_beats, to_json
from engine.plan.tempo_search import fit_tempo

PLAN = Plan(10.0, ((0, 0.0), (8, 4.1), (20, 10.1)), (4, 4, 4, 3, 4, 4))


def test_json_and_back():
    assert from_json(to_json(PLAN)) == PLAN


def test_a_plan_covers_the_film():
    for duration in (2.0, 10.3, 12.0):
        plan = plan_beats(fit_tempo(120.0, [0.0], duration), duration)
        assert plan.points[-1][1] >= duration - 1e-9
        assert plan.points[-1][1] - duration < 0.6


def test_the_commonest_bar_is_the_metre():
    assert PLAN.metre == METRES.index("4/4")
    assert PLAN.time_signatures[3] == (3, 4)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("points", [], "points: the first must be beat 0"),
        ("points", [{"beat": 0, "seconds": 0}], "points: the last must lie at the end"),
        (
            "points",
            [{"beat": 0, "seconds": 0}, {"beat": 8, "seconds": 4}, {"beat": 6, "seconds": 11}],
            r"points\[2\]: beat 6 at 11 s does not come after beat 8",
        ),
        (
            "points",
            [{"beat": 0, "seconds": 0}, {"beat": 8, "seconds": 4}, {"beat": 9, "seconds": 3}],
            r"points\[2\]: beat 9 at 3 s does not come after",
        ),
        (
            "points",
            [{"beat": 0, "seconds": 0}, {"beat": 2, "seconds": 11}],
            r"points\[1\]: 11 beats a minute lead there",
        ),
        ("points", [{"beat": 0.5, "seconds": 0}], r"points\[0\].beat must be a whole number"),
        ("points", [{"seconds": 0}], r"points\[0\].beat is missing"),
        ("points", 3, "points must be a list"),
        ("bars", [], "bars: give one or more"),
        ("bars", [4, 0], r"bars\[1\] must be a whole number from 1 to 12"),
        ("bars", ["4/4"], r"bars\[0\] must be a whole number"),
        ("tempo", 120, "tempo is no field of a plan"),
        ("duration", -1, "duration: -1 s"),
        ("duration", "long", "duration must be a number"),
    ],
)
def test_a_plan_edited_into_nonsense_is_one_line_naming_the_field(field, value, complaint):
    content = json.loads(to_json(PLAN))
    content[field] = value
    with pytest.raises(EmsyncError, match=rf"^plan.json: {complaint}") as caught:
        from_json(json.dumps(content), "plan.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_no_plan_at_all(text):
    with pytest.raises(EmsyncError, match=r"^plan.json: "):
        from_json(text, "plan.json")


def test_a_boundary_at_the_very_end_is_no_second_point():
    duration = 30.3 - 22.7
    plan = plan_beats(fit_tempo(120.0, [7.6], duration), duration)
    assert plan.points[-1][1] == pytest.approx(duration, abs=0.001)


def test_many_bars_take_no_time_and_keep_their_metre():
    plan = Plan(10.0, PLAN.points, (3,) * 200_000)
    assert plan.metre == METRES.index("3/4")
