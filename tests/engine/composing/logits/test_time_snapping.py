"""Steps to nearly the same instant."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.logits.time_snapping import REACH, snap
from engine.music import vocabulary as voc

SHIFTS = [voc.shift(steps) for steps in range(1, voc.MAX_SHIFT + 1)]


def shares(odds: dict[int, float]) -> dict[int, float]:
    """What becomes of the odds of steps, all other tokens being as likely as one of 1."""
    logits = np.zeros(voc.SIZE, np.float32)
    logits[SHIFTS] = -np.inf
    for steps, value in odds.items():
        logits[voc.shift(steps)] = np.log(value)
    snapped = np.exp(snap(logits))
    assert (np.delete(snapped, SHIFTS) == 1).all()
    return {
        s: round(float(snapped[voc.shift(s)]), 4) for s in range(1, 126) if snapped[voc.shift(s)]
    }


def test_a_blurred_beat_becomes_sharp() -> None:
    assert shares({60: 1, 61: 3, 62: 5, 63: 2, 64: 1}) == {62: 12}


def test_two_beats_stay_two() -> None:
    assert shares({30: 4, 31: 1, 60: 2, 58: 1}) == {30: 5, 60: 3}


@pytest.mark.parametrize(
    ("steps", "reach"), [(1, 0), (3, 0), (4, 1), (8, 2), (16, REACH), (125, REACH)]
)
def test_reach(steps: int, reach: int) -> None:
    for away in range(1, REACH + 2):
        expected = {steps - away: 6.0} if away <= reach else {steps - away: 5.0, steps: 1.0}
        if steps > away:
            assert shares({steps: 1, steps - away: 5}) == expected


def test_snapped_probability_moves_on_to_a_likelier_shift() -> None:
    assert shares({50: 1, 53: 2, 56: 3}) == {56: 6}


def test_nothing_is_snapped_where_time_must_not_move() -> None:
    logits = np.full(voc.SIZE, -np.inf, np.float32)
    logits[voc.BAR] = 0
    assert np.array_equal(snap(logits), logits)


def test_probability_is_kept() -> None:
    logits = np.random.default_rng(0).normal(size=voc.SIZE).astype(np.float32)
    before, after = logits.copy(), snap(logits)
    assert np.array_equal(logits, before)
    assert np.exp(after).sum() == pytest.approx(np.exp(logits).sum(), rel=1e-5)
