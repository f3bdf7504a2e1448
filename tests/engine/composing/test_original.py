"""A piece that a corpus already has is not composed again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.composing.config import GenerationConfig
from engine.composing.loop import compose
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.music.events import encode
from engine.originality.build import make_fingerprint
from engine.originality.check import originality
from engine.score import Score
from engine.section import Section

FILM = CueSheet(
    Video("film.mp4", 20.0, 24.0, 64, 48), 0.0, 20.0, (), hits_at((5.0, 12.0)),
    (Section(0.0, 20.0, {}, 0.1, 0.2, "user"),),
)  # fmt: skip
CONFIG = GenerationConfig(sampling=Sampling(1.0, 1.0, guidance=1.0))


@pytest.fixture(scope="module")
def piece(network) -> Score:
    return compose(FILM, network, CONFIG)


def test_the_same_seed_avoids_the_piece_that_the_corpus_has(network, piece):
    fingerprint = make_fingerprint([("piece", encode(piece))], [], log2_bits=20)
    assert originality(piece, fingerprint).share < 0.2
    again = compose(FILM, network, replace(CONFIG, fingerprint=fingerprint))
    assert originality(again, fingerprint).share == 1.0
    assert again.duration == 20.0
    assert len(again.notes) > 0.7 * len(piece.notes)


def test_a_piece_that_the_corpus_does_not_have_stays_as_it_is(network, piece):
    fingerprint = make_fingerprint([], [], log2_bits=20)
    assert compose(FILM, network, replace(CONFIG, fingerprint=fingerprint)) == piece
