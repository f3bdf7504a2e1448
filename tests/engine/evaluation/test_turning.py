from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.evaluation.turning import TURNS, evaluate, requests, static
from engine.metrics.features import FEATURES
from engine.metrics.regression import Ridge
from engine.score import Instrument, Note, Score


def played(request, valence: float, arousal: float, after=None) -> Score:
    """A piece whose halves are as dense, loud and high as these emotions ask."""
    half = request.duration / 2
    moods = ((valence, arousal), after or (valence, arousal))
    notes = []
    for number, (pleasant, excited) in enumerate(moods):
        count = round(half * (4 + 2 * excited))
        for place in range(count):
            onset = half * (number + place / count)
            pitch, velocity = round(60 + 10 * pleasant), round(80 + 30 * excited)
            notes.append(Note(Instrument.PIANO, onset, onset + half / count, pitch, velocity))
    return Score(tuple(notes), tuple(np.arange(0, request.duration, 2.0)), (), request.duration)


def by_feature(name: str) -> Ridge:
    """A judge that reads one feature."""
    size = len(FEATURES)
    weights = np.zeros(size)
    weights[FEATURES.index(name)] = 1.0
    wide = np.full(size, 1e9)
    return Ridge(-wide, wide, np.zeros(size), np.ones(size), weights, 0.0)


@pytest.fixture
def asked():
    return requests(0)


def test_twenty_films_turn_in_the_middle(asked):
    assert len(asked) == len(TURNS) == len(set(TURNS)) == 20
    for request in asked:
        ((start, *_),) = request.turns
        assert start == request.duration / 2 == request.boundaries[0]
        assert 40 <= request.duration <= 60


def test_static_pieces_have_the_mean_emotion(asked):
    request = asked[0]
    still = static(request)
    assert still.turns == () and still.boundaries == request.boundaries
    assert still.arousal == pytest.approx((request.arousal + request.turns[0][2]) / 2)


def test_music_that_turns_is_told_from_music_that_does_not(asked):
    asked = [one for one in asked if abs(one.turns[0][2] - one.arousal) > 0.3]
    turning = [played(one, one.valence, one.arousal, one.turns[0][1:]) for one in asked]
    still = [played(one, 0.0, 0.0) for one in asked]
    judges = {"valence": by_feature("piano_height"), "arousal": by_feature("highest")}
    report = evaluate(asked, turning, still, judges)
    assert report["turning"]["valence"]["value"] == 1
    assert report["static"]["valence"]["value"] == 0
    counts = report["turning"]["counts"]
    assert counts["notes_a_second"]["value"] == counts["mean_velocity"]["value"] == 1
    assert counts["drums_share"]["value"] == 0
    assert report["bars_until_noticed"]["soon"]["value"] == 1
    assert report["seam"]["max"] == pytest.approx(0, abs=1e-6)


def test_without_a_judge_the_counts_remain(asked):
    scores = [played(one, one.valence, one.arousal, one.turns[0][1:]) for one in asked[:2]]
    report = evaluate(asked[:2], scores, [replace(score) for score in scores], None)
    assert set(report["turning"]) == {"counts"}
