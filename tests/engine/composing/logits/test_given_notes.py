"""The rule alone, token by token."""

from __future__ import annotations

import numpy as np

from engine.composing.infill import Given
from engine.composing.logits.given_notes import GivenNotes
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.score import Instrument, Note

PIANO, BASS = Instrument.PIANO, Instrument.BASS
GIVEN = Given(
    ((0.8, 1.6),),
    (Note(PIANO, 0.8, 1.2, 60), Note(BASS, 0.8, 2.0, 40)),
    chords=(0.8,),
    bars=(0.8,),
)


class Piece:
    """A piece with this rule alone."""

    def __init__(self) -> None:
        self.state = PieceState([(9.0, Conditions())])
        self.rule = GivenNotes(GIVEN)

    def push(self, *tokens: int) -> None:
        for token in tokens:
            self.state.push(token)
            self.rule.update(token, self.state)

    def forced(self) -> list[int]:
        """The forced tokens up to the next free one."""
        found = []
        while (token := self.rule.forced_token(self.state)) is not None:
            found.append(token)
            self.push(token)
        return found

    def allowed(self) -> np.ndarray:
        return self.rule.mask(np.ones(voc.SIZE, bool), self.state)


def test_a_span_is_forced_in_the_order_of_tokens():
    piece = Piece()
    assert piece.forced() == []
    piece.push(voc.note_on(PIANO, 72), voc.shift(100))
    assert piece.forced() == [
        voc.note_off(PIANO, 72),
        voc.BAR,
        voc.note_on(BASS, 40),
        voc.CHORD,
        voc.note_on(PIANO, 60),
        voc.shift(50),
        voc.note_off(PIANO, 60),
        voc.shift(50),
    ]
    assert piece.state.cursor == 200


def test_time_stops_where_a_span_begins():
    piece = Piece()
    piece.push(voc.shift(60))
    assert piece.allowed()[voc.shift(40)] and not piece.allowed()[voc.shift(41)]


def test_a_given_note_rings_on_and_ends_at_its_step_even_if_time_leaps_over_it():
    piece = Piece()
    piece.push(voc.shift(100))
    piece.forced()
    assert not piece.allowed()[voc.note_off(BASS, 40)]
    piece.push(voc.shift(80))
    assert piece.forced() == [voc.note_off(BASS, 40)]
    assert piece.allowed()[voc.note_off(BASS, 40)]
    (bass,) = [note for note in piece.state.builder.notes if note.instrument is BASS]
    assert (bass.onset, bass.end) == (0.8, 2.0)


def test_a_note_that_the_loop_closed_has_no_off():
    piece = Piece()
    piece.push(voc.shift(100))
    piece.forced()
    key = voc.INSTRUMENTS.index(BASS), 40
    piece.state.builder.close(key)
    piece.rule.note_closed(key, piece.state)
    piece.push(voc.shift(80))
    assert piece.forced() == []
