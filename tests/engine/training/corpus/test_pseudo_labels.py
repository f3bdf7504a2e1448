from __future__ import annotations

import numpy as np
import pytest

from engine.training.corpus.pseudo_labels import FEWEST_GROUPS, SPREAD, pseudo_label

SONGS = 4 * FEWEST_GROUPS


@pytest.fixture
def songs() -> dict[str, np.ndarray]:
    """Songs whose valence is their first feature and whose arousal is unknown."""
    rng = np.random.default_rng(0)
    label_features = rng.normal(size=(SONGS, 5)).astype(np.float32)
    labels = np.full((SONGS, 2), np.nan, np.float32)
    number = np.arange(SONGS)
    known = number % 2 == 0
    labels[known, 0] = 0.2 + 0.3 * label_features[known, 0]
    return {
        "label_features": label_features,
        "labels": labels,
        "groups": np.array([f"song {n}" for n in number]),
        "judged": number % 7 == 0,
        "validation": number % 11 == 0,
    }


def test_all_songs_get_predictions_except_those_of_the_judge(songs):
    emotion, report = pseudo_label(**songs)
    hidden = songs["judged"] & np.isfinite(songs["labels"][:, 0])
    assert (np.isnan(emotion[:, 0]) == hidden).all()
    predicted = emotion[~hidden, 0]
    assert np.corrcoef(predicted, songs["label_features"][~hidden, 0])[0, 1] > 0.95
    assert predicted.mean() == pytest.approx(0, abs=0.05)
    assert predicted.std() == pytest.approx(SPREAD, abs=0.05)
    assert report["valence"]["cross_validated_r"] > 0.9
    fitted = np.isfinite(songs["labels"][:, 0]) & ~songs["judged"] & ~songs["validation"]
    assert report["valence"]["fitted_on"] == fitted.sum()


def test_labels_of_the_judge_and_of_validation_change_nothing(songs):
    before, _ = pseudo_label(**songs)
    unseen = songs["judged"] | songs["validation"]
    songs["labels"][unseen, 0] *= -5
    after, _ = pseudo_label(**songs)
    assert np.array_equal(before, after, equal_nan=True)


def test_too_few_labels_are_used_as_they_are(songs):
    emotion, report = pseudo_label(**songs)
    assert "arousal" not in report and np.isnan(emotion[:, 1]).all()
    few = {name: column[: FEWEST_GROUPS + 10] for name, column in songs.items()}
    emotion, report = pseudo_label(**few)
    assert report == {}
    plain = np.where(few["judged"], np.nan, few["labels"][:, 0])
    assert np.array_equal(emotion[:, 0], plain, equal_nan=True)
