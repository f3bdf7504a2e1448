"""The benchmarks run at a small scale and give plausible figures; no time is checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from engine.benchmarks import (
    decoding,
    memory,
    rating,
    rescoring,
    sliding,
    takes,
    velocities,
    watching,
)
from engine.errors import EmsyncError
from engine.music import vocabulary as voc
from engine.music.conditions import ALL
from engine.music.events import encode, normalise
from engine.training.corpus.token_cache import Cache


@pytest.fixture(scope="module")
def weights(tiny, random_model, exported):
    return exported(random_model(tiny(context=1210)))


@pytest.fixture(scope="module")
def model(tiny, random_model):
    return random_model(tiny(context=1210))


def figures(section):
    return {line.what: line.figure for line in section.lines}


def test_steps_are_timed_at_every_length(model, weights):
    found = figures(decoding.steps("tiny", model, weights, rounds=2))
    assert len(found) == 5
    assert min(found.values()) > 0


def test_what_is_composed_anew_is_measured(weights, monkeypatch):
    monkeypatch.setattr(rescoring, "SECONDS", 24.0)
    monkeypatch.setattr(rescoring, "GAP", 4.0)
    found = figures(rescoring.rescoring(weights, pieces=2, threads=1))
    assert found["kept notes that are identical, share of pieces"] == 1.0
    assert 0 < found["rating of rescored pieces, best of 2 takes"] < 1
    seams = [figure for what, figure in found.items() if what.startswith("bar after")]
    assert len(seams) == 7 and min(seams) > 0


def test_whole_pieces_are_timed(weights, monkeypatch):
    monkeypatch.setattr(decoding, "film", lambda seconds, real=decoding.film: real(seconds / 10))
    section = decoding.pieces("tiny", weights, minutes=(0.05,))
    assert min(figures(section).values()) > 0


def test_the_kept_take_is_no_worse_than_a_random_one(weights):
    lines = takes.takes(weights, seeds=2, seconds=5.0).lines
    assert lines[0].what.startswith("rating: ")
    assert lines[0].figure >= 0
    assert {line.what.split(":")[0] for line in lines[1:]} >= {"of it, players", "of it, emotion"}


def test_what_the_rating_prefers_is_measured(band):
    tokens = [encode(normalise(band(seed, bars=36))) for seed in range(4)]
    cache = Cache(
        np.concatenate(tokens), np.append(0, np.cumsum([len(song) for song in tokens])),
        np.array(list("abcd")), np.zeros((4, len(ALL)), np.float32), np.full(4, 4, np.int8),
        np.ones(4, bool),
    )  # fmt: skip
    known, others = rating.rating(cache, pairs=12)
    assert figures(known)["a part is missing"] == 1
    assert "all" in figures(others)


def test_velocities_are_timed():
    section = velocities.velocities(rounds=1, bars=1)
    assert section.title == "Velocities of 40 notes"
    assert min(figures(section).values()) > 0


def test_sliding_changes_the_likelihood_little(tiny, random_model, exported):
    small = exported(random_model(tiny(context=48)))
    tokens = np.random.default_rng(0).integers(voc.BAR, voc.FEWER_INSTRUMENTS, 300)
    cache = Cache(
        tokens.astype(np.uint16), np.array([0, 150, 300]), np.array(["a", "b"]),
        np.zeros((2, len(ALL)), np.float32), np.array([5, 5], np.int8), np.array([True, True]),
    )  # fmt: skip
    (line,) = sliding.sliding(small, cache, songs=2).lines
    assert 0 < abs(line.figure) < 5
    assert "2 songs" in line.how
    short = replace(cache, tokens=cache.tokens[:60], start=np.array([0, 30, 60]))
    with pytest.raises(EmsyncError, match="no song"):
        sliding.sliding(small, short, songs=2)


def test_memory_counts_the_task_only(tmp_path):
    film = tmp_path / "film.mp4"
    memory.draw_long(film, hours=21 / 3600, fps=12.0)
    found = figures(watching.watching(film, rounds=1))
    assert found["cuts and emotion over bare decoding"] > 0
    ballast = bytearray(2**29)
    # The memory of the process that starts the task does not count.
    assert 20 < memory._peak(memory._watch, film, 21.0) < 450
    del ballast
