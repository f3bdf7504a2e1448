from engine.score import Instrument, Note, Score
from export.ticks import TickNote, tick_score


def ticks(*notes: Note) -> tuple[TickNote, ...]:
    return tick_score(Score(notes, (0.0,), (), 4.0)).parts[Instrument.PIANO]


def test_a_pitch_that_begins_again_ends_the_note_before():
    notes = ticks(
        Note(Instrument.PIANO, 0.0, 1.0, 60, 80), Note(Instrument.PIANO, 0.5, 1.0, 60, 70)
    )
    assert notes == (TickNote(0, 960, 60, 80), TickNote(960, 1920, 60, 70))


def test_a_note_lasts_a_tick_and_is_heard():
    assert ticks(Note(Instrument.PIANO, 4.0, 4.0, 60, 0)) == (TickNote(7680, 7681, 60, 1),)


def test_silent_parts_are_there():
    assert set(tick_score(Score((), (), (), 4.0)).parts) == set(Instrument)
