"""The rule alone, token by token."""

from __future__ import annotations

import numpy as np

from engine.composing.infill import Given
from engine.composing.logits.given_notes import BetweenGiven, GivenNotes
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


STRINGS = Instrument.STRINGS
BESIDE = Given(
    ((0.0, 0.8), (0.8, 2.4)),
    (Note(PIANO, 0.8, 1.2, 60), Note(BASS, 0.8, 2.0, 40), Note(BASS, 2.0, 2.4, 41)),
    free=(frozenset(), frozenset({STRINGS})),
)
"""From 0.8 s on, step 100, the strings are free."""


class Beside(Piece):
    """A piece whose strings are free beside given parts."""

    def __init__(self) -> None:
        super().__init__()
        self.rule = GivenNotes(BESIDE)
        self.last = BetweenGiven(self.rule)

    def biased(self, **likely: float) -> dict[int, float]:
        """The probabilities of tokens that may come, given those of some tokens by name."""
        logits = np.full(voc.SIZE, -np.inf, np.float32)
        for name, probability in likely.items():
            logits[TOKENS[name]] = np.log(probability)
        logits = np.where(self.allowed(), logits, np.float32(-np.inf))
        found = np.exp(self.last.bias(logits, self.state))
        return {int(n): round(float(found[n] / found.sum()), 4) for n in np.flatnonzero(found)}


TOKENS = {
    "strings": voc.note_on(STRINGS, 70),
    "bass": voc.note_on(BASS, 45),
    "piano": voc.note_on(PIANO, 72),
    "short": voc.shift(20),
    "long": voc.shift(90),
    "longest": voc.shift(120),
}


def at_strings() -> Beside:
    """A piece at the place where the strings may come in."""
    piece = Beside()
    assert piece.forced() == [voc.shift(100), voc.note_on(BASS, 40)]
    return piece


def test_before_a_given_note_all_that_is_not_free_means_that_it_comes():
    """Strings come before the piano in the order of an instant; the bass came before them."""
    piece = at_strings()
    found = piece.biased(strings=0.1, bass=0.2, piano=0.3, short=0.4)
    assert found == {TOKENS["strings"]: 0.1, voc.note_on(PIANO, 60): 0.9}


def test_between_given_events_other_parts_are_silent_and_time_stops_at_the_next():
    piece = at_strings()
    piece.push(TOKENS["strings"], voc.note_on(PIANO, 60))
    assert piece.forced() == []
    # The piano's note ends 50 steps later.
    found = piece.biased(strings=0.1, bass=0.2, piano=0.3, short=0.1, long=0.1, longest=0.2)
    assert found == {
        TOKENS["strings"]: 0.2, TOKENS["short"]: 0.2, voc.shift(50): 0.6,
    }  # fmt: skip


def test_what_no_rule_allows_still_moves_on():
    piece = at_strings()
    assert piece.biased() == {voc.note_on(PIANO, 60): 1.0}
    piece.push(voc.note_on(PIANO, 60))
    assert piece.biased() == {voc.shift(50): 1.0}


def test_the_end_of_a_given_note_is_forced_and_free_notes_ring_on():
    piece = at_strings()
    piece.push(TOKENS["strings"], voc.note_on(PIANO, 60), voc.shift(50))
    assert piece.forced() == [voc.note_off(PIANO, 60)]
    assert not piece.allowed()[voc.note_off(BASS, 40)]
    assert piece.allowed()[TOKENS["strings"] - 1]
    piece.push(voc.shift(100))
    assert piece.forced() == [voc.note_off(BASS, 40)]
    assert piece.rule.due(piece.state) == voc.note_on(BASS, 41)


def test_a_given_event_that_time_has_passed_still_comes():
    """Another rule may force a longer shift."""
    piece = at_strings()
    piece.push(voc.note_on(PIANO, 60), voc.shift(125), voc.shift(60))
    assert piece.forced()[-1] == voc.note_on(BASS, 41)
    assert piece.rule.due(piece.state) is None
