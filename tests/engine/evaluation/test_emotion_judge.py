import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.evaluation.emotion_judge import GRID, evaluate, fit_judges, requests
from engine.evaluation.references import Clips, Songs
from engine.evaluation.request import Request
from engine.metrics.features import feature_vector
from engine.score import Instrument

P, D, G = Instrument.PIANO, Instrument.DRUMS, Instrument.GUITAR


@pytest.fixture
def play(piece):
    """A piece: with positive valence it is in major, with positive arousal it has drums."""

    def play(valence: float, arousal: float, seed: int = 0):
        rng = np.random.default_rng(seed)
        root = 55 + int(rng.integers(12))
        shape = (0, 4, 7) if valence > 0 else (0, 3, 7)
        notes = [(P, 2.0 * n, 2.0, root + s + k) for n, s in enumerate((0, 5, 7, 0)) for k in shape]
        if arousal > 0:
            notes += [(D, n / 2, 0.1, (36, 38)[n % 2]) for n in range(16)]
        return piece(*notes)

    return play


@pytest.fixture
def songs(play) -> Songs:
    labels = np.array([(v, a) for _ in range(12) for v in (-0.5, 0.5) for a in (-0.5, 0.5)])
    features = np.array([feature_vector(play(v, a, seed)) for seed, (v, a) in enumerate(labels)])
    return Songs(features, labels, np.arange(48) // 2, np.arange(48) >= 40)


def test_requests_cover_the_grid() -> None:
    asked = requests(range(2))
    assert len(set(asked)) == 50
    assert {(one.valence, one.arousal) for one in asked} == {(v, a) for v in GRID for a in GRID}


def test_the_judge_agrees_with_labels_and_is_checked(play, songs: Songs) -> None:
    rng = np.random.default_rng(0)
    quadrants = {"Q1": (1, 1), "Q2": (-1, 1), "Q3": (-1, -1), "Q4": (1, -1)}
    clips = Clips(
        np.array(
            [feature_vector(play(*where, seed)) for seed, where in enumerate(quadrants.values())]
        ),
        np.array(list(quadrants)),
    )
    judges, quality = fit_judges(songs, clips, rng)
    assert (
        quality["valence"]["emopia_auc"]["value"] == quality["arousal"]["emopia_auc"]["value"] == 1
    )
    assert quality["valence"]["excerpts"] == 40
    assert quality["arousal"]["validation"]["n"] == 4

    asked = [Request(30, seed, v, a) for seed in range(3) for v in (-0.8, 0.8) for a in (-0.8, 0.8)]
    as_requested = [play(one.valence, one.arousal, one.seed) for one in asked]
    report = evaluate(asked, as_requested, judges, rng)
    assert report["valence"]["pearson"]["value"] > 0.9
    assert report["arousal"]["pearson"]["value"] > 0.9
    assert abs(report["valence"]["other"]) < 0.5
    assert report["diagnostics"]["major_share"]["0.8"] == 1
    assert report["diagnostics"]["valence_and_major"]["value"] == pytest.approx(1)

    density = report["grids"]["notes_a_second"]
    assert density["slopes"]["arousal"] > 0.5 > abs(density["slopes"]["valence"])
    assert density["means"][0][4] > density["means"][0][0]
    minor = report["grids"]["minor"]["means"]
    assert minor[0][0] == minor[0][4] == 1 and minor[4][0] == minor[4][4] == 0

    constant = evaluate(asked, [play(1, 1, one.seed) for one in asked], judges, rng)
    assert abs(constant["valence"]["pearson"]["value"]) < 0.6


def test_a_judge_of_too_few_songs_is_refused(songs: Songs) -> None:
    few = Songs(songs.features[:4], songs.labels[:4], songs.groups[:4], songs.validation[:4])
    with pytest.raises(EmsyncError, match="too few songs"):
        fit_judges(few, None, np.random.default_rng(0))
