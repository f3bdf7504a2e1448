"""The tables of the rating, of a few made-up songs."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.evaluation.preference import evaluate
from engine.evaluation.song_tables import count_bands, fit_emotion, last_excerpt
from engine.music.events import encode, normalise
from engine.training.corpus.token_cache import Cache

SONGS = 16


@contextmanager
def bar(title, total, unit):
    yield lambda done: None


@pytest.fixture(scope="module")
def cache(band) -> Cache:
    """Songs of a minute and a half, the last four for validation."""
    tokens = [encode(normalise(band(seed, bars=45))) for seed in range(SONGS)]
    names = np.array([f"{n}.mid" for n in range(SONGS)])
    return Cache(
        np.concatenate(tokens), np.append(0, np.cumsum([len(song) for song in tokens])), names,
        np.zeros((SONGS, 6), np.float32), np.full(SONGS, 4, np.int8), np.arange(SONGS) >= 12,
    )  # fmt: skip


def test_the_end_of_a_song_ends_with_its_last_note(cache):
    end = last_excerpt(cache.song(0), 30.0)
    assert 15 <= end.duration <= 30
    assert max(note.end for note in end.notes) == pytest.approx(end.duration, abs=0.2)
    assert end.bars[0] == 0
    assert last_excerpt(cache.song(0)[:3], 30.0) is None


def test_bands_have_every_measure_and_what_was_given(cache):
    counted = count_bands(
        cache, {"valence_error": np.array([0.1, 0.2])}, np.array([1.0, 2.0]), 1, bar
    )
    assert {"in_key", "still", "ring", "bass_density", "nll"} <= set(counted.values)
    assert "guitar_density" not in counted.values
    assert counted.values["in_key"].min() == 1
    assert "12 training songs" in counted.source


def test_without_labels_there_is_nothing_to_fit(cache):
    with pytest.raises(EmsyncError, match="labels no training song"):
        fit_emotion(cache, {}, 1, bar)


def test_preference_counts_pairs_by_fault(cache):
    found = evaluate(cache, 10, 0)
    assert found["all"]["n"] == sum(one["n"] for name, one in found.items() if name != "all") <= 10
    assert found["a part is missing"]["value"] == 1
