from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.metrics.velocity import MEASURES, compare, evaluate, ranks, reference


@pytest.fixture(scope="session")
def performed(scale):
    """A scale of 64 eighths with given velocities: ``performed(lambda n: 80)``."""

    def make(velocity):
        score = scale(*[n % 7 for n in range(64)], beat=0.25, seconds=16.0)
        notes = (replace(note, velocity=velocity(n)) for n, note in enumerate(score.notes))
        return replace(score, notes=tuple(notes))

    return make


def measured(score, *others):
    return evaluate(score, reference([ranks(other) for other in others or [score]]))


def test_a_flat_piece_has_no_dynamics(performed):
    found = measured(performed(lambda n: 80))
    assert (found["bar_change"], found["step"], found["spread"], found["drift"]) == (0, 0, 0, 0)
    assert math.isnan(found["metre"])


def test_distance_is_in_steps_of_velocity(performed):
    assert measured(performed(lambda n: 80), performed(lambda n: 70))["distance"] == pytest.approx(
        10
    )


def test_accents_by_the_bar_are_found_and_chance_is_none(performed):
    rng = np.random.default_rng(0)
    assert measured(performed(lambda n: 100 if n % 8 == 0 else 70))["metre"] == pytest.approx(1)
    assert measured(performed(lambda n: int(rng.integers(60, 100))))["metre"] < 0.2


def test_bars_that_change_and_levels_that_drift_are_found(performed):
    found = measured(performed(lambda n: 60 + n // 8 * 5))
    assert found["bar_change"] == pytest.approx(5)
    assert found["drift"] > 20 and found["step"] < 1


def test_pieces_are_compared_with_songs(performed):
    songs = [performed(lambda n, k=k: 60 + k + n % (4 + k % 5)) for k in range(12)]
    report = compare([songs[6], performed(lambda n: 20)], songs)
    assert set(report) == set(MEASURES)
    assert report["distance"]["within_songs"]["n"] == 2
    assert report["distance"]["below_90"]["value"] == 0.5
    assert report["spread"]["within_songs"]["value"] == 0.5


def test_a_piece_without_notes_measures_nothing(piece):
    assert all(math.isnan(value) for value in measured(piece()).values())
