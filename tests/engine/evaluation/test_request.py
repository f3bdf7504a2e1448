from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.request import EMOTION_RANGE, Request, draw_emotion
from engine.music.conditions import KEYS, METRES, Conditions
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece


def test_a_request_without_conditions_is_planned_for_its_film() -> None:
    request = Request(30.0, 3, 0.5, -0.4, (8.0, 15.5, 22.0))
    assert request.plan() == plan_piece(request.cues(), PlanOptions(3))
    assert request.plan().met(request.boundaries)[0] == 3
    assert Request(30.0, 4, 0.5, -0.4).plan() != Request(30.0, 3, 0.5, -0.4).plan()


def test_the_plan_keeps_what_is_asked_for() -> None:
    asked = Conditions(tempo=97.3, metre=METRES.index("3/4"), key=KEYS.index("Eb major"))
    plan = Request(20.0, 0, 0.2, 0.2, conditions=asked).plan()
    assert plan.tempo == pytest.approx(97.3)
    assert plan.usual_bar == 3
    assert {phrase.key for phrase in plan.phrases} == {"Eb major"}
    sparse = Request(20.0, 0, 0.2, 0.2, conditions=Conditions(density=4.0)).plan()
    dense = Request(20.0, 0, 0.2, 0.2, conditions=Conditions(density=16.0)).plan()
    assert max(p.density for p in sparse.phrases) < min(p.density for p in dense.phrases)


def test_a_request_may_turn_to_another_emotion() -> None:
    request = Request(30.0, 3, 0.6, -0.6, turns=((15.0, -0.5, 0.7),))
    assert [(s.start, s.end, s.valence, s.arousal) for s in request.cues().sections] == [
        (0.0, 15.0, 0.6, -0.6),
        (15.0, 30.0, -0.5, 0.7),
    ]
    assert {phrase.key.split()[1] for phrase in request.plan().phrases} == {"major", "minor"}


def test_emotions_are_those_of_films() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([draw_emotion(rng) for _ in range(500)])
    assert np.abs(drawn).max() <= EMOTION_RANGE
    assert np.abs(drawn.mean(axis=0)).max() < 0.1
