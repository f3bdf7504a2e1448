"""A piece begins with a note, and its last chord is struck once and rings."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.logits.ending import BASS_TOP, NOTES, ROOT_TOP, BeginningAndEnding
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement, Ending, Phrase
from engine.music.beat_grid import BeatGrid
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import Conditions
from engine.music.events import shifts
from engine.music.vocabulary import Kind
from engine.score import CHORDAL, Instrument

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
BEAT = 60
BAR = 4 * BEAT
LINE, MIDDLE, RELEASE = 2 * BAR, 2 * BAR + 2 * BEAT, 4 * BAR
"""Two places for the last chord, at a bar line and in mid-bar, and its end."""
ANY = np.ones(voc.SIZE, bool)
ONS = voc.KIND == Kind.ON


class Piece:
    """A piece that ends in A minor."""

    def __init__(self, *players: Instrument, onset: int = LINE, chord: str | None = "Am") -> None:
        arrangement = Arrangement(
            BeatGrid(BEAT, (4,)),
            (Phrase(0, 4, frozenset(players)),) if players else (),
            ((0, parse_chord(chord)),) if chord else (),
            Ending(onset, RELEASE),
        )
        self.state = PieceState([(60.0, Conditions())])
        self.rule = BeginningAndEnding(arrangement)
        self.say(voc.BAR)

    def say(self, *tokens: int) -> Piece:
        for token in tokens:
            self.state.push(token)
            self.rule.update(token, self.state)
        return self

    def may(self) -> np.ndarray:
        return np.flatnonzero(self.rule.mask(ANY, self.state))

    def forced(self) -> list[int]:
        """The tokens that are forced, up to where the network may choose or time moves on."""
        tokens = []
        while (token := self.rule.forced_token(self.state)) is not None:
            tokens.append(token)
            if voc.TOKENS[token].kind is Kind.TIMESHIFT:
                break
            self.say(token)
        return tokens

    def play_last_chord(self, choose: int = 0) -> list[int]:
        """Play the last chord up to the next time shift; ``choose`` is the place of each choice."""
        played = []
        for _ in range(30):
            played += self.forced()
            if played and voc.TOKENS[played[-1]].kind is Kind.TIMESHIFT:
                return played
            # Where a pitch is active, the grammar forbids it.
            may = [t for t in self.may() if voc.TOKENS[t][2:] not in self.state.active]
            self.say(int(may[choose]))
            played.append(int(may[choose]))
        raise AssertionError("the last chord does not end")


def pitches(tokens: list[int], instrument: Instrument) -> list[int]:
    return [
        voc.PITCH[t] for t in tokens if ONS[t] and voc.INSTRUMENTS[voc.INSTRUMENT[t]] is instrument
    ]


def test_a_piece_begins_with_a_note():
    piece = Piece(PIANO)
    assert not (voc.STEPS[piece.may()] > 0).any()
    assert piece.forced() == []
    piece.say(voc.note_on(PIANO, 60))
    assert (voc.STEPS[piece.may()] > 0).any()


def test_where_no_note_may_begin_the_beginning_waits():
    piece = Piece(PIANO)
    bar = np.zeros(voc.SIZE, bool)
    bar[voc.BAR] = True
    assert np.array_equal(piece.rule.mask(bar, piece.state), bar)


def test_without_an_ending_a_piece_goes_on():
    rule = BeginningAndEnding(Arrangement(BeatGrid(BEAT, (4,))))
    state = PieceState([(60.0, Conditions())])
    for token in (voc.BAR, voc.note_on(PIANO, 60), *shifts(LINE)):
        state.push(token)
        rule.update(token, state)
    assert rule.mask(ANY, state) is ANY
    assert rule.forced_token(state) is None


def test_time_does_not_pass_over_the_last_chord_in_mid_bar():
    piece = Piece(PIANO, onset=MIDDLE).say(voc.note_on(PIANO, 60), *shifts(LINE + BEAT), voc.BAR)
    assert voc.STEPS[piece.may()].max() == BEAT
    assert piece.forced() == []


def test_what_sounds_ends_before_the_last_chord_and_the_bar_comes_next():
    sounding = [voc.note_on(PIANO, 60), voc.note_on(DRUMS, 38)]
    line = Piece(PIANO).say(*sounding, *shifts(LINE))
    assert line.forced() == [sounding[0] - 1, sounding[1] - 1, voc.BAR, voc.CHORD]
    middle = Piece(PIANO, onset=MIDDLE).say(*sounding, *shifts(MIDDLE))
    assert middle.forced() == [sounding[0] - 1, sounding[1] - 1, voc.CHORD]


@pytest.mark.parametrize("onset", [0, LINE, MIDDLE])
@pytest.mark.parametrize("choose", [0, -1])
@pytest.mark.parametrize(
    "players",
    [
        tuple(Instrument),
        (BASS, DRUMS, PIANO),
        (PIANO, STRINGS),
        (GUITAR, PIANO),
        (GUITAR,),
        (STRINGS,),
        (DRUMS,),
        (BASS, DRUMS),
    ],
)
def test_everybody_who_plays_strikes_the_last_chord_above_its_root(players, choose, onset):
    piece = Piece(*players, onset=onset)
    played = piece.say(*shifts(onset)).play_last_chord(choose)
    assert voc.TOKENS[played[-1]].kind is Kind.TIMESHIFT
    counts = {i: len(pitches(played, i)) for i in Instrument}
    assert counts == {i: NOTES[i] if i in players else 0 for i in Instrument}
    assert played.count(voc.CHORD) == bool(set(players) & set(CHORDAL))
    pitched = [pitch for i in Instrument if i is not DRUMS for pitch in pitches(played, i)]
    if pitched:
        assert min(pitched) % 12 == 9
        assert min(pitched) <= (BASS_TOP if BASS in players else ROOT_TOP)
        assert {pitch % 12 for pitch in pitched} <= {9, 0, 4}


def test_its_tokens_come_in_the_order_of_an_instant():
    played = Piece(*Instrument).say(*shifts(LINE)).play_last_chord()
    names = [voc.name(token).split("_")[0] for token in played[:-1]]
    order = ["BAR", "DRUMS", "BASS", "STRINGS", "CHORD", "GUITAR", "PIANO"]
    assert list(dict.fromkeys(names)) == order


def test_the_bass_may_take_another_octave_where_the_grammar_forbids_one():
    for root in ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"):
        piece = Piece(BASS, chord=root).say(*shifts(LINE))
        assert piece.forced() == [voc.BAR]
        assert len(piece.may()) == 2


def test_a_slash_chord_has_its_own_lowest_note():
    played = Piece(STRINGS, chord="C/E").say(*shifts(LINE)).play_last_chord()
    assert min(pitches(played, STRINGS)) % 12 == 4


def test_without_harmony_or_phrases_any_notes_do():
    played = Piece(chord=None).say(*shifts(LINE)).play_last_chord()
    assert {i: len(pitches(played, i)) for i in Instrument} == NOTES


def test_if_no_needed_note_may_come_the_piece_goes_on():
    piece = Piece(BASS).say(*shifts(LINE))
    piece.forced()
    only_time = voc.STEPS > 0
    assert np.array_equal(piece.rule.mask(only_time, piece.state), only_time)


def test_the_last_chord_rings_up_to_its_release_and_nothing_follows():
    piece = Piece(PIANO).say(*shifts(LINE))
    (*_, shift) = piece.play_last_chord()
    while piece.state.cursor < RELEASE:
        assert len(piece.state.active) == NOTES[PIANO]
        piece.say(shift)
        *ended, shift = piece.forced()
    assert piece.state.cursor == RELEASE
    assert [voc.TOKENS[token].kind for token in ended] == [Kind.OFF] * NOTES[PIANO]
    assert shift == voc.shift(voc.MAX_SHIFT)
    assert not piece.state.active
    assert piece.say(shift).forced() == [shift]
