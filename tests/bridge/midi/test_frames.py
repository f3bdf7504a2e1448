from __future__ import annotations

import numpy as np
import pytest

from bridge.midi.frames import FrameClock

RATE, PERIOD = 48000, 1024


def moments(drift=0.0, first=0, lost=0.0, steady_from=50, cycles=1000):
    """(found, true) moments of cycles whose callbacks are late.

    lost: seconds without callbacks midway. steady_from: the cycle from which music plays.
    """
    rng = np.random.default_rng(2)
    clock, found, true = FrameClock(RATE), [], []
    for cycle in range(cycles):
        true.append(100 + cycle * PERIOD / RATE * (1 + drift) + lost * (cycle >= cycles // 2))
        late = rng.exponential(3e-4) + (rng.random() < 0.02) * 5e-3
        frame = (first + cycle * PERIOD) % 2**32
        found.append(clock.observe(frame, true[-1] + late, cycle >= steady_from))
    return np.array(found), np.array(true)


@pytest.mark.parametrize("first", [0, 2**32 - 500 * PERIOD], ids=["", "wrapping"])
def test_late_callbacks_give_the_moment_to_a_tenth_of_a_millisecond(first):
    found, true = moments(first=first)
    assert np.abs(found - true)[50:].max() < 1e-4


def test_while_music_plays_only_frames_count():
    found, _ = moments(drift=1e-4, lost=0.1)
    assert np.diff(found[50:]) == pytest.approx(PERIOD / RATE)


@pytest.mark.parametrize(
    ("steady_from", "lost"), [(10**6, 0.02), (50, 0.5)], ids=["at rest", "jumped"]
)
def test_otherwise_the_clocks_are_aligned_again(steady_from, lost):
    found, true = moments(lost=lost, steady_from=steady_from)
    assert np.abs(found - true)[-100:].max() < 1e-3


def test_moments_of_frames_near_the_last_cycle():
    clock = FrameClock(RATE)
    moment = clock.observe(2**32 - 100, 5.0)
    assert clock.moment_of(2**32 - 100 - RATE) == pytest.approx(moment - 1)
    assert clock.moment_of(RATE - 100) == pytest.approx(moment + 1)
