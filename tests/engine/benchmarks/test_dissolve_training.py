from __future__ import annotations

import numpy as np
import pytest

from engine.benchmarks.cut_films.film import REPORTED, TUNING
from engine.benchmarks.cut_films.joints import Truth
from engine.benchmarks.dissolve_training import Examples, Span, examples, film_examples, joined
from engine.video.writer import write_film


def rows_with_a_dissolve() -> np.ndarray:
    rng = np.random.default_rng(0)
    old, new = rng.uniform(0.3, 1.0, (2, 1, 432)).astype(np.float32)
    share = np.clip((np.arange(200) - 90) / 19, 0, 1)[:, None].astype(np.float32)
    return old + share * (new - old) + rng.normal(0, 0.003, (200, 432)).astype(np.float32)


def test_no_reported_film_is_trained_on():
    assert not set(TUNING) & set(REPORTED)


def test_windows_that_share_half_with_a_dissolve_are_examples_of_one():
    found = examples(rows_with_a_dissolve(), np.ones(200), [Span("dissolve", 90, 109)])
    assert found.labels.any() and found.features.shape == (len(found.labels), 24)


def test_windows_that_touch_a_fade_are_left_out():
    whole = examples(rows_with_a_dissolve(), np.ones(200), [])
    touched = examples(rows_with_a_dissolve(), np.ones(200), [Span("fade", 85, 115)])
    assert len(touched.labels) < len(whole.labels) and not whole.labels.any()


def test_a_films_transitions_are_counted_in_rows(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 255, (2, 90, 160, 3)).astype(float)
    share = np.clip((np.arange(240) - 120) / 40, 0, 1)
    path = tmp_path / "film.mp4"
    write_film(
        path, (((1 - s) * pictures[0] + s * pictures[1]).astype(np.uint8) for s in share), 50
    )
    found = film_examples(path, [Truth("dissolve", "dissolve", 121, 160)])
    assert found.labels.any()


def test_training_tells_examples_apart():
    torch = pytest.importorskip("torch")
    from engine.benchmarks.dissolve_training import train

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    labels = rng.random(300) < 0.3
    features = rng.normal(size=(300, 4)) + 3 * labels[:, None]
    data = joined([Examples(features, labels), Examples(np.empty((0,)), np.empty(0, np.bool_))])
    scores = train(data).scores(features)
    assert np.median(scores[labels]) > 1 > np.median(scores[~labels])
