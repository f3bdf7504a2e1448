"""The bass plays one note after the other."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.bass_line import AGAIN, MOST, MOVES, BassLine
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument

BASS, PIANO = Instrument.BASS, Instrument.PIANO


@pytest.mark.parametrize(
    ("notes", "ended"),
    [
        ([], None),
        ([(BASS, 40, 0)], None),
        ([(BASS, 40, 0), (BASS, 43, 10)], 40),
        ([(BASS, 43, 10), (BASS, 40, 0), (BASS, 36, 5)], 40),
        # An octave that begins together.
        ([(BASS, 40, 10), (BASS, 52, 10)], None),
        ([(BASS, 40, 10), (PIANO, 60, 0)], None),
        ([(PIANO, 60, 0), (PIANO, 64, 10)], None),
    ],
)
def test_a_note_ends_where_the_next_one_begins(notes, ended):
    active = {(voc.INSTRUMENTS.index(i), pitch): (onset, 80) for i, pitch, onset in notes}
    forced = BassLine().forced_token(SimpleNamespace(active=active))
    assert forced == (None if ended is None else voc.note_off(BASS, ended))


@pytest.mark.parametrize(
    ("notes", "may"),
    [
        ([], True),
        ([(BASS, 40, 8)], True),
        ([(BASS, 40, 10)], False),
        ([(BASS, 40, 8), (BASS, 43, 10)], False),
        ([(PIANO, 40, 10)], True),
    ],
)
def test_no_two_notes_begin_together(notes, may):
    active = {(voc.INSTRUMENTS.index(i), pitch): (onset, 80) for i, pitch, onset in notes}
    allowed = np.ones(voc.SIZE, bool)
    masked = BassLine().mask(allowed, SimpleNamespace(active=active, cursor=10))
    of_bass = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(BASS) == voc.INSTRUMENT)
    assert (masked[of_bass] == may).all()
    assert masked[~of_bass].all() and allowed.all()


def after(*pitches: int) -> np.ndarray:
    """The bias after the bass has played some pitches, and the piano one between them."""
    rule, state = BassLine(), SimpleNamespace(active={}, cursor=10)
    for pitch in pitches:
        rule.update(voc.note_on(BASS, pitch), state)
        rule.update(voc.note_on(PIANO, 60), state)
    return rule.bias(np.zeros(voc.SIZE, np.float32), state)


@pytest.mark.parametrize("pitches", [(), (40,) * (AGAIN - 1), (40, 43) * 8])
def test_a_bass_that_moves_plays_as_it_likes(pitches):
    assert not after(*pitches).any()


def test_a_pitch_that_comes_again_and_again_becomes_unlikely_and_the_bass_plays_as_much():
    of_bass = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(BASS) == voc.INSTRUMENT)
    for times, less in ((AGAIN, MOVES), (AGAIN + 1, 2 * MOVES), (99, MOST)):
        found = after(43, *[40] * times)
        assert found[voc.note_on(BASS, 43)] - found[voc.note_on(BASS, 40)] == pytest.approx(less)
        assert not found[~of_bass].any()
        assert np.logaddexp.reduce(found[of_bass]) == pytest.approx(np.log(of_bass.sum()))


def test_a_pitch_that_alone_is_allowed_may_come():
    rule, state = BassLine(), SimpleNamespace(active={}, cursor=10)
    for _ in range(99):
        rule.update(voc.note_on(BASS, 40), state)
    logits = np.full(voc.SIZE, -np.inf, np.float32)
    logits[voc.note_on(BASS, 40)] = 1
    assert np.allclose(rule.bias(logits, state), logits)
