"""What may be said next, token by token."""

import pytest

from engine.composing.logits.grammar import LONGEST_REPEAT, LONGEST_REST, Grammar
from engine.music import vocabulary as voc
from engine.music.events import ScoreBuilder
from engine.music.vocabulary import to_steps
from engine.score import Instrument

A, B = (voc.note_on(Instrument.STRINGS, pitch) for pitch in (69, 71))
DRUM = voc.note_on(Instrument.DRUMS, 42)
SECOND = voc.shift(voc.MAX_SHIFT)


class Piece:
    """A piece as its grammar hears it."""

    def __init__(self) -> None:
        self.builder = ScoreBuilder()
        self.grammar = Grammar(voc.INSTRUMENTS, self.builder)

    def say(self, *tokens: int) -> None:
        for token in tokens:
            assert self.may(token)
            self.builder.push(token)
            self.grammar.hear(token, bar=0)

    def may(self, token: int) -> bool:
        return bool(self.grammar.allowed()[token])


def test_a_note_lasts_a_step_and_sounds_once() -> None:
    piece = Piece()
    assert not piece.may(A - 1)
    piece.say(A)
    assert not piece.may(A) and not piece.may(A - 1)
    piece.say(voc.shift(1))
    assert not piece.may(A) and piece.may(A - 1)
    piece.say(A - 1)
    assert piece.may(A) and not piece.may(A - 1)


@pytest.mark.parametrize("rest", [False, True])
def test_a_pitch_wears_out_whether_it_rests_or_not(rest: bool) -> None:
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


def test_a_worn_out_pitch_does_not_end_a_silence() -> None:
    piece = Piece()
    piece.say(A, SECOND, A - 1)
    for _ in range(int(LONGEST_REPEAT)):
        piece.say(DRUM, SECOND, DRUM - 1)
    piece.say(*[SECOND] * int(LONGEST_REST))
    assert not piece.may(SECOND) and not piece.may(A)
    assert not piece.may(DRUM) and piece.may(B)
    assert piece.builder.cursor == to_steps(1 + LONGEST_REPEAT + LONGEST_REST)
