from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.metrics.regression import fit
from engine.rating.emotion import (
    TABLE,
    features,
    finder_of,
    from_json,
    song_emotion,
    to_json,
)


def test_a_finder_says_what_its_regressions_say():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 8))
    labels = {"valence": x[:, 0] - x[:, 1], "arousal": x[:, 2] + 0.3}
    fits = {name: fit(x, y, 1.0) for name, y in labels.items()}
    finder = from_json(to_json(finder_of(fits, "made up")))
    assert finder.source == "made up"
    for row in rng.normal(size=(5, 8)) * 3:
        expected = {name: float(ridge(row[None])[0]) for name, ridge in fits.items()}
        assert finder(row) == pytest.approx(expected, abs=0.01)


def test_the_shipped_regressions_hear_a_busier_piece_as_more_excited(band):
    piece = band(1)
    slow = replace(
        piece,
        notes=tuple(replace(n, onset=2 * n.onset, end=2 * n.end) for n in piece.notes),
        bars=tuple(2 * bar for bar in piece.bars),
        duration=2 * piece.duration,
    )
    calm, excited = (song_emotion()(features(score)) for score in (slow, piece))
    assert excited["arousal"] > calm["arousal"]
    assert all(-1.5 < value < 1.5 for found in (calm, excited) for value in found.values())
    assert TABLE.stat().st_size < 48_000
