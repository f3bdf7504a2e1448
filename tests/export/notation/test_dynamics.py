from engine.music.tempo import PPQ
from export.notation.dynamics import dynamics
from export.notation.grid import Bar, Grid
from export.ticks import TickNote

LAYOUT = Grid(tuple(Bar(48 * bar, 48 * bar + 48, 4, 4) for bar in range(8)), "straight")


def marks(*velocities: int | None) -> list[tuple[int, str]]:
    """Marks of a part with one note a bar; None is a bar without notes."""
    notes = [
        TickNote(4 * PPQ * bar, 4 * PPQ * bar + PPQ, 60, velocity)
        for bar, velocity in enumerate(velocities)
        if velocity is not None
    ]
    return [
        (unit // 48, mark.find("direction-type/dynamics")[0].tag)
        for unit, mark in dynamics(notes, LAYOUT)
    ]


def test_the_first_note_and_a_lasting_change_have_a_mark():
    assert marks(None, 80, 82, 110, 112, 114) == [(1, "mf"), (3, "ff")]


def test_one_louder_bar_has_none():
    assert marks(80, 110, 80, 110) == [(0, "mf")]


def test_a_silent_bar_ends_no_level():
    assert marks(80, 50, None, 48) == [(0, "mf"), (1, "p")]


def test_a_part_without_notes_has_no_marks():
    assert marks() == []
