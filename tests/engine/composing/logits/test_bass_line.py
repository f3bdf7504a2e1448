"""The bass plays one note after the other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.composing.logits.bass_line import BassLine
from engine.music import vocabulary as voc
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
