from __future__ import annotations

import pytest

from bridge.play.piece import Piece
from engine.errors import EmsyncError
from engine.score import Instrument, Note

FIRST, SECOND = (Note(Instrument.PIANO, onset, onset + 2.0, 60) for onset in (0.0, 4.0))
PIECE = Piece((FIRST,), (0.0,), (), 3.0)


def test_music_is_added_and_cut_off_again():
    longer = PIECE.extended([SECOND], [4.0], 6.0)
    assert (longer.notes, longer.chords, longer.duration) == ((FIRST, SECOND), (0.0, 4.0), 6.0)
    assert longer.up_to(4.0) == Piece((FIRST,), (0.0,), (), 6.0)
    assert PIECE.extended([], [], 1.0) == PIECE


def test_a_loop_lies_within_the_piece():
    assert PIECE.loop(1.0) == (1.0, 3.0)
    for begin, end in ((1.0, 1.05), (-1.0, 2.0), (1.0, 3.5)):
        with pytest.raises(EmsyncError, match="give two times of the piece"):
            PIECE.loop(begin, end)
