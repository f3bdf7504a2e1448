from __future__ import annotations

from bridge.play.event_stream import EventStream, Mark
from engine.score import Control, Instrument

INF = float("inf")


def kinds(dues):
    return [due.kind if isinstance(due, Mark) else due.message.hex() for due in dues]


def test_at_one_instant_marks_come_before_notes(scale):
    piece = scale(2, step=1.0, chords=(1.0,), boundaries=(0.0, 1.0))
    assert kinds(EventStream(piece, 0.0).until(INF)) == [
        "boundary", "923c50", "boundary", "chord", "823c00", "923d50", "823d00"
    ]  # fmt: skip


def test_each_event_is_yielded_once(scale):
    stream = EventStream(scale(3, step=1.0), 0.0)
    assert kinds(stream.until(1.0)) == ["923c50"]
    assert kinds(stream.until(1.0)) == []
    assert kinds(stream.until(INF)) == ["823c00", "923d50", "823d00", "923e50", "823e00"]


def test_notes_with_an_onset_before_the_beginning_are_left_out(scale):
    assert kinds(EventStream(scale(3, step=1.0), 1.5).until(INF)) == ["923e50", "823e00"]


def test_controllers_start_with_their_value_at_the_beginning(scale):
    changes = [Control(s, Instrument.PIANO, 11, v) for s, v in ((0, 60), (1, 70), (2, 80))]
    stream = EventStream(scale(0, controls=tuple(changes)), 1.5)
    assert [(due.seconds, due.message.hex()) for due in stream.until(INF)] == [
        (1.5, "b20b46"), (2, "b20b50")
    ]  # fmt: skip


def test_added_notes_and_chords_are_yielded_in_order(scale):
    piece = scale(4, step=1.0)
    stream = EventStream(scale(2, step=1.0), 0.0)
    before = kinds(stream.until(1.5))
    stream.add(piece.notes[2:], (3.0,))
    assert before + kinds(stream.until(INF)) == [
        "923c50", "823c00", "923d50", "823d00", "923e50", "chord", "823e00", "923f50", "823f00"
    ]  # fmt: skip


def test_releasing_ends_active_notes(scale):
    stream = EventStream(scale(2, step=1.0), 0.0)
    list(stream.until(0.5))
    assert kinds(stream.release(0.5)) == ["823c00"]
    assert kinds(stream.until(INF)) == ["923d50", "823d00"]


def test_releasing_lifts_the_pedals_that_the_piece_uses(scale):
    pedal = (Control(0.0, Instrument.PIANO, 64, 127), Control(9.0, Instrument.PIANO, 64, 0))
    stream = EventStream(scale(1, step=4.0, controls=pedal), 0.0)
    assert kinds(stream.until(1.0)) == ["b2407f", "923c50"]
    assert kinds(stream.release(1.0)) == ["823c00", "b24000"]
