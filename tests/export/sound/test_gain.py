from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.sound.gain import (
    CEILING,
    MOST_LIMITED,
    TARGET,
    WINDOW,
    limiter_curve,
    limiter_edges,
    piece_gain,
)
from export.sound.loudness import LoudnessMeter

RATE = 48000


@given(st.lists(st.floats(0.0, 4.0), min_size=1, max_size=200))
def test_no_peak_passes_the_limiter(peaks):
    edges = limiter_edges(np.array(peaks), CEILING)
    gain = limiter_curve(edges, 0, len(peaks) * WINDOW).reshape(-1, WINDOW)
    assert (gain.max(1) * peaks <= 10 ** (CEILING / 20) + 1e-9).all()
    assert gain.max() <= 1.0


def test_the_limiter_leaves_alone_what_is_low():
    assert (limiter_edges(np.full(100, 0.5), CEILING) == 1.0).all()


def test_the_curve_is_the_same_in_blocks():
    peaks = np.random.default_rng(1).random(1000) * 3
    gain = piece_gain(-20.0, peaks, 0.0, 1000 * WINDOW)
    whole = gain.curve(0, 1000 * WINDOW)
    halves = [gain.curve(0, 480 * WINDOW), gain.curve(480 * WINDOW, 520 * WINDOW)]
    np.testing.assert_allclose(np.concatenate(halves), whole)


def test_a_piece_with_high_peaks_is_softer_as_a_whole():
    gain = piece_gain(-30.0, np.array([0.001, 1.0, 0.001]), 1.0, 3 * WINDOW)
    assert gain.level == pytest.approx(CEILING + MOST_LIMITED)
    assert gain.limited == pytest.approx(MOST_LIMITED)


def test_a_piece_with_low_peaks_comes_to_the_target():
    gain = piece_gain(-30.0, np.full(50, 0.1), 1.0, 50 * WINDOW)
    assert gain.level == pytest.approx(TARGET + 30.0)


@pytest.mark.parametrize("level", [-23.0, -40.0])
def test_loudness_is_that_of_the_standard(level):
    # EBU Tech 3341, cases 1 and 2: a stereo sine of 1 kHz reads as its peak.
    times = np.arange(20 * RATE) / RATE
    tone = 10 ** (level / 20) * np.sin(2 * np.pi * 1000 * times)
    meter = LoudnessMeter()
    for block in np.array_split(np.stack([tone, tone], 1), 7):
        meter.push(block)
    assert meter.integrated == pytest.approx(level, abs=0.1)


def test_silence_has_no_loudness():
    meter = LoudnessMeter()
    assert meter.integrated == -np.inf
    meter.push(np.zeros((RATE, 2)))
    assert meter.integrated == -np.inf
