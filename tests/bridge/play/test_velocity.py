from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.play.piece import Piece
from bridge.play.velocity import Dynamics, shaped
from engine.errors import EmsyncError
from engine.score import Instrument, Note

PIECE = Piece(
    tuple(
        Note(Instrument.PIANO, n / 8, n / 8 + 0.1, 60, 120 if n == 5 else 80) for n in range(256)
    ),
    (5 / 8,), (), 32.0,
)  # fmt: skip


def velocities(dynamics, piece=PIECE):
    return [note.velocity for note in shaped(piece, dynamics).notes]


def test_the_default_changes_nothing():
    assert shaped(PIECE, Dynamics()) == PIECE


def test_base_is_for_plain_notes_and_boost_is_added_for_chords():
    assert velocities(Dynamics(base=60, boost=20))[4:7] == [60, 80, 60]


def test_a_score_with_dynamics_moves_as_a_whole():
    notes = tuple(replace(note, velocity=60 + n % 30) for n, note in enumerate(PIECE.notes))
    found = velocities(Dynamics(base=70), replace(PIECE, notes=notes))
    assert found == [note.velocity - 10 for note in notes]


def test_only_guitar_and_piano_play_chords_on_boundaries():
    notes = tuple(replace(note, instrument=Instrument.BASS) for note in PIECE.notes)
    assert velocities(Dynamics(boost=0), replace(PIECE, notes=notes))[5] == 120


def test_velocities_stay_in_range():
    assert set(velocities(Dynamics(base=127, boost=126))) <= set(range(1, 128))
    assert set(velocities(Dynamics(base=1, boost=-126))) <= set(range(1, 128))


@pytest.mark.parametrize(
    ("wrong", "line"),
    [({"base": 0}, "velocity 0: give 1 to 127"), ({"boost": 200}, "boost 200: give -126 to 126")],
)
def test_wrong_dynamics_are_an_error(wrong, line):
    with pytest.raises(EmsyncError, match=f"^{line}$"):
        Dynamics(**wrong)
