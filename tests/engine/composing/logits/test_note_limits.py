from __future__ import annotations

import pytest

from engine.composing.logits.note_limits import LONGEST, NoteLimits
from engine.music import vocabulary as voc
from engine.music.chords import GRACE, MIN_BEATS
from engine.music.events import ScoreBuilder, shifts
from engine.music.vocabulary import to_steps
from engine.score import Instrument

BAR = 250
TWO_BEATS = BAR // 2 - BAR // 32 - 2
"""Less the grace of an eighth of a beat, rounded down, and a step."""


class Piece:
    """A builder and the note_limits, told the same."""

    def __init__(self, quarters: float = 4.0) -> None:
        self.builder = ScoreBuilder()
        self.note_limits = NoteLimits(self.builder, quarters)

    def say(self, *tokens: int, bar: int = BAR) -> Piece:
        for token in tokens:
            self.builder.push(token)
            self.note_limits.hear(token, bar)
        return self

    def due(self, instrument: Instrument = Instrument.PIANO) -> list[int]:
        """When the notes of an instrument that sound must end."""
        index = voc.INSTRUMENTS.index(instrument)
        return [self.note_limits.due(key) for key in self.builder.sounding if key[0] == index]


def ons(*pitches: int, instrument: Instrument = Instrument.PIANO) -> list[int]:
    return [voc.note_on(instrument, pitch) for pitch in pitches]


@pytest.mark.parametrize("instrument", list(Instrument))
def test_a_note_alone_ends_before_it_drones(instrument):
    piece = Piece().say(*shifts(10), *ons(60, instrument=instrument))
    assert piece.due(instrument) == [10 + to_steps(LONGEST[instrument])]


def test_three_notes_at_once_that_no_chord_was_for_are_not_held_for_two_beats():
    piece = Piece().say(*shifts(400), *ons(60, 64), *shifts(5), *ons(67))
    first = 400 + TWO_BEATS
    assert piece.due() == [first, first, 405 + 500]
    # Two may be held on.
    piece.say(voc.note_off(Instrument.PIANO, 60))
    assert piece.due() == [400 + 500, 405 + 500]


@pytest.mark.parametrize("bar", [256, 250, 187])
def test_what_is_ended_is_no_long_chord(bar):
    piece = Piece().say(*shifts(400), *ons(60, 64, 67), bar=bar)
    assert piece.due()[0] - 400 < (MIN_BEATS - GRACE) * bar / 4


def test_long_bars_do_not_make_notes_drone_and_short_ones_leave_a_step():
    for bar, end in ((1500, 500), (1, 1)):
        assert Piece().say(*ons(60, 64, 67), bar=bar).due() == [end] * 3


def test_two_beats_of_three():
    piece = Piece(quarters=3.0).say(*shifts(400), *ons(60, 64, 67))
    assert piece.due()[0] - 400 == pytest.approx((MIN_BEATS - GRACE) * BAR / 3, abs=2)


def test_notes_struck_just_before_their_mark_are_called_too():
    piece = Piece().say(*shifts(400), *ons(60), *shifts(5), *ons(64), voc.CHORD, *ons(67))
    assert piece.due() == [900, 905, 905]


def test_notes_of_a_called_chord_are_left_alone():
    piece = Piece().say(*shifts(400), voc.CHORD, *ons(60, 64), *shifts(5), *ons(67))
    assert piece.due() == [900, 900, 905]


def test_notes_one_after_the_other_are_no_chord():
    piece = Piece().say(*shifts(400), *ons(60), *shifts(20), *ons(64), *shifts(20), *ons(67))
    assert piece.due() == [900, 920, 940]


def test_strings_and_two_instruments_together_are_no_chord():
    piece = Piece().say(*shifts(400), *ons(60, 64, 67, instrument=Instrument.STRINGS))
    piece.say(*ons(60, 64), *ons(67, instrument=Instrument.GUITAR))
    assert piece.due(Instrument.STRINGS) == [400 + 750] * 3
    assert piece.due() == [900, 900]
    assert piece.due(Instrument.GUITAR) == [900]


def test_without_a_bar_a_beat_is_half_a_second():
    piece = Piece().say(*shifts(400), *ons(60, 64, 67), bar=0)
    assert piece.due() == [400 + TWO_BEATS] * 3
