"""The bass plays one note after the other."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.bass_line import BassLine
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
