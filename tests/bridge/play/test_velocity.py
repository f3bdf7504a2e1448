from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.play.piece import Piece
from bridge.play.velocity import Dynamics, shaped
from engine.errors import EmsyncError
from engine.score import Instrument, Note

BARS = tuple(2.0 * bar for bar in range(17))
PIECE = Piece(
    tuple(
        Note(Instrument.PIANO, n / 8, n / 8 + 0.1, 60, 120 if n == 5 else 80) for n in range(256)
    ),
    (), (), 32.0, bars=BARS,
)  # fmt: skip


def velocities(dynamics, piece=PIECE):
    return [note.velocity for note in shaped(piece, dynamics).notes]


def test_the_default_changes_nothing():
    assert shaped(PIECE, Dynamics()) == PIECE


def test_base_is_for_plain_notes_and_boost_is_added_for_chords():
    assert velocities(Dynamics(base=60, boost=20))[4:7] == [60, 80, 60]


def test_velocities_stay_in_range():
    assert set(velocities(Dynamics(base=127, boost=126, human=1.0))) <= set(range(1, 128))


def test_human_dynamics_accent_strong_positions_and_vary():
    found = velocities(Dynamics(human=1.0))
    downbeats, weak = found[16::16], found[17::16]
    assert sum(downbeats) / len(downbeats) > sum(weak) / len(weak) + 8
    assert len(set(downbeats)) > 3


def test_the_seed_determines_the_velocities():
    assert velocities(Dynamics(human=0.5, seed=1)) == velocities(Dynamics(human=0.5, seed=1))
    assert velocities(Dynamics(human=0.5, seed=1)) != velocities(Dynamics(human=0.5, seed=2))


def test_parts_with_one_generator_equal_the_whole():
    dynamics = Dynamics(human=1.0)
    chance = dynamics.chance()
    whole = Piece(PIECE.notes, (), (), 32.0)
    parts = [
        note
        for n in range(0, 256, 64)
        for note in shaped(replace(whole, notes=whole.notes[n : n + 64]), dynamics, chance).notes
    ]
    assert tuple(parts) == shaped(whole, dynamics).notes


def test_without_bars_there_are_no_accents():
    piece = Piece(PIECE.notes, (), (), 32.0)
    found = velocities(Dynamics(human=1.0), piece)
    assert abs(sum(found[16::16]) / 15 - sum(found[17::16]) / 15) < 5


@pytest.mark.parametrize("wrong", [{"base": 0}, {"boost": 200}, {"human": 2.0}])
def test_wrong_dynamics_are_an_error(wrong):
    with pytest.raises(EmsyncError):
        Dynamics(**wrong)
