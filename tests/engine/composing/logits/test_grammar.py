"""Which tokens the grammar allows."""

import numpy as np
import pytest

from engine.composing.logits.grammar import LONGEST_REPEAT, LONGEST_REST, Grammar
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.vocabulary import to_steps
from engine.score import Instrument

A, B = (voc.note_on(Instrument.STRINGS, pitch) for pitch in (69, 71))
DRUM = voc.note_on(Instrument.DRUMS, 42)
SECOND = voc.shift(voc.MAX_SHIFT)


class Piece:
    """A piece and its grammar."""

    def __init__(self) -> None:
        self.state = PieceState([(60.0, Conditions())])
        self.grammar = Grammar(voc.INSTRUMENTS)

    def say(self, *tokens: int) -> None:
        for token in tokens:
            assert self.may(token)
            self.state.push(token)
            self.grammar.update(token, self.state)

    def may(self, token: int) -> bool:
        return bool(self.grammar.mask(np.ones(voc.SIZE, bool), self.state)[token])


def test_a_note_lasts_a_step_and_is_active_once() -> None:
    piece = Piece()
    assert not piece.may(A - 1)
    piece.say(A)
    assert not piece.may(A) and not piece.may(A - 1)
    piece.say(voc.shift(1))
    assert not piece.may(A) and piece.may(A - 1)
    piece.say(A - 1)
    assert piece.may(A) and not piece.may(A - 1)


@pytest.mark.parametrize("rest", [False, True])
def test_an_instrument_does_not_repeat_one_pitch_for_ever(rest: bool) -> None:
    piece = Piece()
    seconds = int(LONGEST_REPEAT)
    piece.say(A, SECOND, A - 1)
    for _ in range(seconds - 1):
        assert piece.may(A)
        piece.say(DRUM, SECOND, DRUM - 1)
        if not rest:
            piece.say(*([A, voc.shift(1), A - 1] if piece.may(A) else []))
    assert not piece.may(A) and piece.may(B)
    piece.say(B, SECOND, B - 1)
    assert piece.may(A)


def test_a_forbidden_pitch_does_not_end_a_silence() -> None:
    piece = Piece()
    piece.say(A, SECOND, A - 1)
    for _ in range(int(LONGEST_REPEAT)):
        piece.say(DRUM, SECOND, DRUM - 1)
    piece.say(*[SECOND] * int(LONGEST_REST))
    assert not piece.may(SECOND) and not piece.may(A)
    assert not piece.may(DRUM) and piece.may(B)
    assert piece.state.cursor == to_steps(1 + LONGEST_REPEAT + LONGEST_REST)
