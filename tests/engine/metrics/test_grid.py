import math

import numpy as np
import pytest

from engine.metrics.grid import CHANCE, evaluate, on_grid
from engine.music.tempo import Metre, Tempo, TempoMap, tempo_map
from engine.score import Instrument, Note, Score

AT_120 = TempoMap((Tempo(0, 500_000),), (Metre(0, 4, 4),), (0.0,))


@pytest.mark.parametrize(
    ("onsets", "share"),
    [
        ([0.0, 0.125, 0.5, 7.0], 1.0),
        ([0.015, 0.140, 0.110], 1.0),  # within 15.6 ms
        ([0.016, 0.109, 0.0625], 0.0),
        ([0.0, 0.5 / 3, 1 / 3, 0.5], 0.5),  # triplets are off
    ],
)
def test_onsets_near_sixteenths_are_on_the_grid(onsets: list[float], share: float) -> None:
    assert on_grid(onsets, AT_120) == share


def test_random_onsets_are_on_the_grid_by_chance() -> None:
    onsets = np.random.default_rng(0).uniform(0, 100, 20_000)
    assert on_grid(onsets.tolist(), AT_120) == pytest.approx(CHANCE, abs=0.01)


def test_the_share_of_no_onsets_is_unknown() -> None:
    assert math.isnan(on_grid([], AT_120))


def test_onsets_must_be_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        on_grid([math.nan], AT_120)


def test_the_share_stands_beside_its_chance_level() -> None:
    notes = tuple(Note(Instrument.BASS, t, t + 0.1, 40) for t in (0.0, 0.5, 1.06))
    score = Score(notes, (0.0, 2.0), (), 4)
    assert evaluate(score, tempo_map(score)) == {"on_grid": 2 / 3, "chance": 0.25, "onsets": 3}
    assert evaluate(Score((), (), (), 4), AT_120)["on_grid"] is None
