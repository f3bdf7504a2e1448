"""The benchmarks run, at miniature scale, and give figures that can be right; none is timed."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from engine.benchmarks import decoding, memory, watching


@pytest.fixture(scope="module")
def weights(tiny, random_model, exported):
    return exported(random_model(tiny(context=1210)))


@pytest.fixture(scope="module")
def model(tiny, random_model):
    return random_model(tiny(context=1210))


def figures(section):
    return {line.what: line.figure for line in section.lines}


def test_steps_of_every_length(model, weights):
    found = figures(decoding.steps("tiny", model, weights, rounds=2))
    assert len(found) == 5
    assert min(found.values()) > 0


def test_whole_pieces(weights, monkeypatch):
    monkeypatch.setattr(decoding, "film", lambda seconds, real=decoding.film: real(seconds / 10))
    section = decoding.pieces("tiny", weights, minutes=(0.05,))
    assert min(figures(section).values()) > 0


def test_watching_and_memory(tmp_path):
    film = tmp_path / "film.mp4"
    memory.draw_long(film, hours=21 / 3600, fps=12.0)
    found = figures(watching.watching(film, rounds=1))
    assert found["cuts and emotion over bare decoding"] > 0
    ballast = bytearray(2**29)
    # What the process that starts it holds does not count.
    assert 20 < memory._peak(memory._watch, film, 21.0) < 450
    del ballast
