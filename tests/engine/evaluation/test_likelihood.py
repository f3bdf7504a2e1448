import math

import numpy as np
import pytest

from engine.evaluation.likelihood import TYPES, cases, evaluate, token_nll
from engine.model.config import PRESETS
from engine.music import vocabulary as voc
from engine.music.events import encode
from engine.score import Instrument
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED


@pytest.fixture
def cache(piece) -> Cache:
    rng = np.random.default_rng(0)
    songs = [
        encode(
            piece(
                *(
                    (who, t / 4, 0.25, int(rng.integers(40, 80)))
                    for who in Instrument
                    for t in range(80)
                ),
                seconds=20,
            )
        )
        for _ in range(3)
    ]
    start = np.append(0, np.cumsum([len(song) for song in songs]))
    known = np.tile(np.array([0.5, -0.5, 0.0, 2, 3, 0.1], np.float32), (3, 1))
    names = np.array(["a", "b", "c"])
    return Cache(
        np.concatenate(songs),
        start,
        names,
        known,
        np.full(3, 5, np.int8),
        np.array([0, 1, 1], bool),
    )


def test_the_nll_of_known_probabilities() -> None:
    logits = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]], np.float32)) + 7
    nll = token_nll(logits, np.array([[1, IGNORED]]))
    assert nll == pytest.approx(np.array([[math.log(4), 0]]), abs=1e-6)


def test_cases_are_those_the_network_can_be_given() -> None:
    assert list(cases(PRESETS["full"])) == ["emotion", "all", "none"]
    assert list(cases(PRESETS["paper"])) == ["emotion", "none"]


def test_evaluate_agrees_with_pytorch(cache, tiny, random_model, exported) -> None:
    torch = pytest.importorskip("torch")
    from engine.model.runtime import Network
    from engine.training.validation import validate

    model = random_model(tiny())
    network = Network(exported(model), "cpu", threads=1)
    seen: list[float] = []
    report = evaluate(network, cache, 6, np.random.default_rng(0), seen.append)
    assert seen[-1] == 18
    emotion = report["emotion"]
    with torch.no_grad():
        theirs = validate(model, cache, 6, 4, "cpu")
    assert emotion["nll_per_token"]["value"] == pytest.approx(theirs["nll_per_token"], rel=1e-4)
    assert emotion["nll_per_second"]["value"] == pytest.approx(theirs["nll_per_second"], rel=1e-4)
    assert sum(row["tokens"] for row in emotion["by_type"].values()) == emotion["tokens"]
    found = [row for row in emotion["by_type"].values() if row["tokens"]]
    total = sum(row["value"] * row["tokens"] for row in found)
    assert total / emotion["tokens"] == pytest.approx(emotion["nll_per_token"]["value"])


def test_types_cover_the_music() -> None:
    assert TYPES[-5:] == ("ON_BASS", "ON_DRUMS", "ON_GUITAR", "ON_PIANO", "ON_STRINGS")
    assert len(TYPES) < voc.SIZE
