from __future__ import annotations

import pytest

from engine.composing.logits.note_limits import LONGEST, NoteLimits
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.chords import GRACE, MIN_BEATS
from engine.music.conditions import METRES, Conditions
from engine.music.events import shifts
from engine.music.vocabulary import to_steps
from engine.score import Instrument

BAR = 250
TWO_BEATS = BAR // 2 - BAR // 32 - 2
"""Less the grace of an eighth of a beat, rounded down, and a step."""


class State(PieceState):
    """A piece whose bars have a given length in steps."""

    bar = BAR


class Piece:
    """A piece and its note limits."""

    def __init__(self, metre: str = "4/4") -> None:
        self.state = State([(60.0, Conditions())])
        self.limits = NoteLimits(Conditions(tempo=120.0, metre=METRES.index(metre)))

    def say(self, *tokens: int, bar: int = BAR) -> Piece:
        self.state.bar = bar
        for token in tokens:
            self.state.push(token)
            self.limits.update(token, self.state)
        return self

    def limit(self, instrument: Instrument = Instrument.PIANO) -> list[int]:
        """The steps at which the active notes of an instrument must end."""
        index = voc.INSTRUMENTS.index(instrument)
        return [self.limits.limit(key, self.state) for key in self.state.active if key[0] == index]


def ons(*pitches: int, instrument: Instrument = Instrument.PIANO) -> list[int]:
    return [voc.note_on(instrument, pitch) for pitch in pitches]


@pytest.mark.parametrize("instrument", list(Instrument))
def test_a_note_alone_ends_before_it_drones(instrument):
    piece = Piece().say(*shifts(10), *ons(60, instrument=instrument))
    assert piece.limit(instrument) == [10 + to_steps(LONGEST[instrument])]


def test_three_notes_at_once_without_a_chord_do_not_last_two_beats():
    piece = Piece().say(*shifts(400), *ons(60, 64), *shifts(5), *ons(67))
    first = 400 + TWO_BEATS
    assert piece.limit() == [first, first, 405 + 500]
    # Two may be held on.
    piece.say(voc.note_off(Instrument.PIANO, 60))
    assert piece.limit() == [400 + 500, 405 + 500]


@pytest.mark.parametrize("bar", [256, 250, 187])
def test_an_ended_chord_is_not_long(bar):
    piece = Piece().say(*shifts(400), *ons(60, 64, 67), bar=bar)
    assert piece.limit()[0] - 400 < (MIN_BEATS - GRACE) * bar / 4


def test_long_bars_keep_the_limit_and_short_bars_leave_a_step():
    for bar, end in ((1500, 500), (1, 1)):
        assert Piece().say(*ons(60, 64, 67), bar=bar).limit() == [end] * 3


def test_two_beats_of_three():
    piece = Piece("3/4").say(*shifts(400), *ons(60, 64, 67))
    assert piece.limit()[0] - 400 == pytest.approx((MIN_BEATS - GRACE) * BAR / 3, abs=2)


def test_notes_just_before_a_chord_belong_to_it():
    piece = Piece().say(*shifts(400), *ons(60), *shifts(5), *ons(64), voc.CHORD, *ons(67))
    assert piece.limit() == [900, 905, 905]


def test_notes_of_a_chord_keep_their_full_limit():
    piece = Piece().say(*shifts(400), voc.CHORD, *ons(60, 64), *shifts(5), *ons(67))
    assert piece.limit() == [900, 900, 905]


def test_notes_one_after_the_other_are_no_chord():
    piece = Piece().say(*shifts(400), *ons(60), *shifts(20), *ons(64), *shifts(20), *ons(67))
    assert piece.limit() == [900, 920, 940]


def test_strings_and_two_instruments_together_are_no_chord():
    piece = Piece().say(*shifts(400), *ons(60, 64, 67, instrument=Instrument.STRINGS))
    piece.say(*ons(60, 64), *ons(67, instrument=Instrument.GUITAR))
    assert piece.limit(Instrument.STRINGS) == [400 + 750] * 3
    assert piece.limit() == [900, 900]
    assert piece.limit(Instrument.GUITAR) == [900]


def test_without_a_bar_a_beat_is_half_a_second():
    piece = Piece().say(*shifts(400), *ons(60, 64, 67), bar=0)
    assert piece.limit() == [400 + TWO_BEATS] * 3


def test_the_off_of_a_note_over_its_limit_is_forced_and_the_note_ends_at_the_limit():
    piece = Piece().say(*shifts(10), *ons(40, instrument=Instrument.DRUMS))
    off = voc.note_off(Instrument.DRUMS, 40)
    assert piece.limits.forced_token(piece.state) is None
    piece.say(*shifts(100))
    assert piece.limits.forced_token(piece.state) == off
    (note,) = piece.state.builder.notes
    assert note.end == pytest.approx(note.onset + LONGEST[Instrument.DRUMS], abs=0.008)
    piece.say(off)
    assert piece.limits.forced_token(piece.state) is None
