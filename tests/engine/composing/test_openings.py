"""Pieces that begin with the same window share its reading."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.composing.composition import Composition
from engine.composing.config import GenerationConfig
from engine.composing.openings import Openings
from engine.cues import CueSheet, Video
from engine.model.decoder import Decoder
from engine.section import Section


@pytest.fixture
def pieces(network):
    """Makes pieces that begin alike where their valence is the same."""

    def make(*valences: float) -> list[Composition]:
        return [
            Composition(
                CueSheet(
                    Video("film.mp4", 4.0, 24.0, 64, 48), 0.0, 4.0, (), (),
                    (Section(0.0, 4.0, {}, valence, 0.1, "user"),),
                ),
                network.config,
                GenerationConfig(),
            )
            for valence in valences
        ]  # fmt: skip

    return make


def test_each_window_is_read_once_and_known_to_every_row(network, pieces, monkeypatch):
    groups = [pieces(0.5, 0.5), pieces(0.5, -0.5)]
    read = []
    prefill = Decoder.prefill
    monkeypatch.setattr(
        Decoder, "prefill", lambda self, *args: read.append(args) or prefill(self, *args)
    )
    openings, decoders = Openings(groups), [Decoder(network, 2) for _ in groups]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(openings.first_logits, decoders, range(2))
    assert len(read) == 2
    assert np.array_equal(first[0], first[1]) and np.array_equal(first[0], second[0])
    assert not np.array_equal(second[0], second[1])
    steps = [decoder.step([5, 5], [1.0, 1.0]) for decoder in decoders]
    assert np.array_equal(steps[0], [steps[1][0]] * 2)
    assert not np.array_equal(steps[1][0], steps[1][1])


def test_a_reading_that_fails_fails_in_every_group(network, pieces, monkeypatch):
    def prefill(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Decoder, "prefill", prefill)
    openings = Openings([pieces(0.5), pieces(0.5)])
    for group in range(2):
        with pytest.raises(MemoryError):
            openings.first_logits(Decoder(network), group)
