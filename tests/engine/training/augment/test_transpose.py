from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.events import decode
from engine.score import Instrument
from engine.training.augment.transpose import draw_transposition, transpose


def chorded(cache) -> int:
    """A song with chords."""
    return next(i for i in range(len(cache)) if (cache.song(i) == voc.CHORD).any())


@pytest.mark.parametrize("semitones", [-3, 0, 2])
def test_transposition_keeps_drums(cache, semitones):
    before = decode(cache.song(chorded(cache)))
    after = decode(transpose(cache.song(chorded(cache)), semitones))
    drums = Instrument.DRUMS
    assert after.part(drums) == before.part(drums)
    for instrument in set(Instrument) - {drums}:
        moved = [replace(n, pitch=n.pitch + semitones) for n in before.part(instrument)]
        assert list(after.part(instrument)) == moved
    assert (after.bars, after.chords) == (before.bars, before.chords)


@pytest.mark.parametrize(
    ("pitches", "drawn"),
    [((60,), range(-3, 4)), ((22, 60), range(-1, 4)), ((108,), range(-3, 1)), ((21, 108), {0})],
)
def test_transposition_stays_in_range(pitches, drawn):
    drum = voc.note_on(Instrument.DRUMS, 21)
    tokens = np.array([drum, *(voc.note_on(Instrument.PIANO, p) for p in pitches)], np.uint16)
    dice = np.random.default_rng(0)
    assert {draw_transposition(tokens, 3, dice) for _ in range(200)} == set(drawn)


def test_drums_alone_are_not_transposed():
    drum = np.array([voc.note_on(Instrument.DRUMS, 60)], np.uint16)
    assert {draw_transposition(drum, 3, np.random.default_rng(i)) for i in range(50)} == {0}
