"""The network that comes with the product."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.config import GenerationConfig
from engine.composing.loop import compose
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.model.decoder import Decoder
from engine.model.runtime import SHIPPED, Network
from engine.music.conditions import ALL
from engine.section import Section

MEGABYTE = 2**20


@pytest.fixture(scope="module")
def shipped() -> Network:
    return Network(SHIPPED, "cpu")


def test_it_is_small_and_takes_all_conditions(shipped):
    assert sum(file.stat().st_size for file in SHIPPED.parent.iterdir()) < 115 * MEGABYTE
    assert shipped.config.controls == ALL
    assert shipped.card.name != "model"


def test_it_composes_in_several_parts_and_bars(shipped):
    film = Video("film.mp4", 12.0, 24.0, 64, 36)
    section = Section(0.0, 12.0, {}, 0.4, 0.2, "user")
    score = compose(
        CueSheet(film, 0.0, 12.0, (), hits_at((6.0,)), (section,)), shipped, GenerationConfig()
    )
    assert len(score.notes) >= 40
    assert len({note.instrument for note in score.notes}) >= 3
    assert len(score.bars) >= 3


def test_a_row_does_not_depend_on_how_many_there_are(shipped):
    nothing = np.full(len(shipped.config.controls), np.nan, np.float32)
    tokens, offsets = np.arange(40), np.full(40, 3.0, np.float32)

    def logits_of(rows: int) -> np.ndarray:
        decoder = Decoder(shipped, rows)
        for row in range(rows):
            decoder.prefill(tokens, offsets, nothing, row)
        return np.array([decoder.step([token] * rows, [2.0] * rows) for token in range(50, 54)])

    # Rounded as a single row, logits differ by more than a tenth.
    alone = logits_of(1)
    for rows in (2, 3, 5):
        assert np.allclose(alone, logits_of(rows), atol=0.01)


def test_tokens_read_at_once_are_rounded_as_in_steps(shipped):
    nothing = np.full(len(shipped.config.controls), np.nan, np.float32)
    tokens, offsets = np.arange(40), np.full(40, 3.0, np.float32)
    together, after_each_other = Decoder(shipped), Decoder(shipped)
    for decoder in (together, after_each_other):
        decoder.prefill(tokens[:20], offsets[:20], nothing)
    steps = [after_each_other.step([token], [3.0])[0] for token in tokens[20:].tolist()]
    assert np.allclose(together.extend(tokens[20:], offsets[20:]), steps, atol=0.01)


def test_a_long_text_is_read_in_parts_to_the_same_logits(shipped, monkeypatch):
    nothing = np.full(len(shipped.config.controls), np.nan, np.float32)
    tokens, offsets = np.arange(301), np.full(301, 3.0, np.float32)

    def logits_of(most: int) -> list[np.ndarray]:
        monkeypatch.setattr("engine.model.decoder.READ_TOGETHER", most)
        decoder = Decoder(shipped)
        first = decoder.prefill(tokens[:201], offsets[:201], nothing)
        return [first, decoder.extend(tokens[201:], offsets[201:])]

    for in_parts, whole in zip(logits_of(64), logits_of(512), strict=True):
        assert np.array_equal(in_parts, whole)
