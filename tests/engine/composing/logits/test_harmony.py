"""The planned chords weigh the pitches, and end the notes that they do not have."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.harmony import ANTICIPATION, SEMITONE, Harmony
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.beat_grid import BeatGrid
from engine.music.chord_symbols import Chord, parse_chord
from engine.music.conditions import KEYS, Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
BEAT = 60
CHORDS = ((0, Chord(0)), (4 * BEAT, parse_chord("F/A")), (6 * BEAT, parse_chord("G7")))
HARMONY = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=CHORDS))
ANY = np.ones(voc.SIZE, bool)
FLAT = np.zeros(voc.SIZE, np.float32)
ONS = voc.KIND == Kind.ON

Held = tuple[Instrument, int, int]
"""Instrument, pitch and onset in steps of an active note."""


def at(
    step: int,
    held: Iterable[Held] = (),
    at_bar: bool = False,
    valence: float = nan,
    key: float = nan,
) -> SimpleNamespace:
    """A piece at this step; the rule reads nothing else of it."""
    active = {(voc.INSTRUMENTS.index(i), pitch): (onset, 80) for i, pitch, onset in held}
    return SimpleNamespace(
        cursor=step, active=active, at_bar=at_bar, conditions=Conditions(valence, key=key)
    )


def bias(step: int, instrument: Instrument, *pitches: int) -> list[float]:
    """The bias of an instrument's pitches, against that of the first."""
    biased = HARMONY.bias(FLAT, at(step))
    found = biased[[voc.note_on(instrument, pitch) for pitch in pitches]]
    return (found - found[0]).tolist()


@pytest.mark.parametrize("instrument", [GUITAR, PIANO, STRINGS])
def test_notes_of_the_chord_are_likeliest(instrument):
    c, g, d, c_sharp = bias(0, instrument, 60, 67, 62, 61)
    assert c == g == 0 > d == c_sharp
    # On F/A, the E is foreign.
    f, c, e, c_sharp = bias(4 * BEAT, instrument, 65, 60, 64, 61)
    assert f == c == 0 > e == c_sharp


def test_other_notes_of_the_key_are_likelier_than_notes_outside_it():
    biased = HARMONY.bias(FLAT, at(0, key=KEYS.index("C major")))
    c, d, c_sharp = (biased[voc.note_on(PIANO, pitch)] for pitch in (60, 62, 61))
    assert c > d > c_sharp
    # In G major, F sharp is at home and F is not.
    biased = HARMONY.bias(FLAT, at(0, key=KEYS.index("G major")))
    f_sharp, f = (biased[voc.note_on(PIANO, pitch)] for pitch in (66, 65))
    assert f_sharp > f


def test_chord_notes_outside_the_key_are_favoured():
    harmony = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=((0, parse_chord("E7")),)))
    state = at(0, key=KEYS.index("A minor"))
    harmony.update(voc.note_on(PIANO, 68), state)
    leading, root, fifth = (
        harmony.bias(FLAT, state)[voc.note_on(STRINGS, pitch)] for pitch in (68, 64, 71)
    )
    assert leading > root + 1 and root == fifth
    # The G would be another third; the B flat is only outside the key.
    natural, b_flat = (harmony.bias(FLAT, state)[voc.note_on(STRINGS, pitch)] for pitch in (67, 70))
    assert natural < b_flat < root


def test_the_third_of_a_chord_is_soon_played():
    harmony = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=CHORDS))
    root, third = voc.note_on(PIANO, 60), voc.note_on(STRINGS, 64)

    def advantage(step: int, instrument: Instrument, pitch: int) -> float:
        biased = harmony.bias(FLAT, at(step))
        return float(
            biased[voc.note_on(instrument, pitch)] - biased[voc.note_on(instrument, pitch + 3)]
        )

    assert advantage(0, PIANO, 64) > 1
    harmony.update(root, at(0))
    harmony.update(voc.note_on(BASS, 40), at(0))
    assert advantage(BEAT, PIANO, 64) > 1
    harmony.update(third, at(BEAT))
    assert 0 < advantage(BEAT, PIANO, 64) < 1
    # The next chord has a third of its own, A.
    assert advantage(4 * BEAT, PIANO, 69) > 1


def test_thirds_are_likelier_in_pleasant_music():
    harmony = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=CHORDS))
    harmony.update(voc.note_on(PIANO, 64), at(0))
    third, fifth = voc.note_on(STRINGS, 64), voc.note_on(STRINGS, 67)

    def advantage(valence: float) -> float:
        biased = harmony.bias(FLAT, at(0, valence=valence))
        return float(biased[third] - biased[fifth])

    assert advantage(-0.8) < advantage(nan) == advantage(0.0) < advantage(0.8)


def test_a_note_a_semitone_from_one_that_sounds_is_less_likely_unless_the_chord_has_both():
    held = [(STRINGS, 71, 0)]
    b_flat, d = voc.note_on(PIANO, 58), voc.note_on(PIANO, 62)

    def advantage(harmony: Harmony, held: list[Held], high: int, low: int) -> float:
        biased = harmony.bias(FLAT, at(0, held))
        return float(biased[high] - biased[low])

    # Neither is in C major.
    assert advantage(HARMONY, [], d, b_flat) == 0
    assert advantage(HARMONY, held, d, b_flat) == -SEMITONE
    # A C is a semitone from the B, which the chord has not; in Cmaj7 both are at home.
    c, g = voc.note_on(PIANO, 60), voc.note_on(PIANO, 67)
    seventh = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=((0, parse_chord("Cmaj7")),)))
    assert advantage(HARMONY, held, c, g) == SEMITONE
    assert advantage(seventh, held, c, g) == 0
    # Drums have no pitch.
    assert advantage(HARMONY, [(DRUMS, 71, 0)], c, g) == 0


def test_a_chord_without_a_third_asks_for_none():
    harmony = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=((0, parse_chord("Csus4")),)))
    biased = harmony.bias(FLAT, at(0))
    notes = [biased[voc.note_on(PIANO, pitch)] for pitch in (60, 65, 67)]
    assert max(notes) - min(notes) < 1e-6


def test_the_preferences_are_weaker_off_the_beat():
    on, off = (bias(step, PIANO, 60, 62, 61) for step in (BEAT, BEAT + BEAT // 2))
    assert 0 > off[1] > on[1]
    assert 0 > off[2] > on[2]


def test_the_bass_begins_a_chord_with_its_lowest_note_and_leans_to_it_from_then_on():
    harmony = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=CHORDS))
    fifth, lowest = voc.note_on(BASS, 41), voc.note_on(BASS, 33)

    def advantage(step: int) -> float:
        biased = harmony.bias(FLAT, at(step))
        return float(biased[lowest] - biased[fifth])

    # However sure the network is of another note.
    assert advantage(4 * BEAT) == advantage(5 * BEAT) > 20
    harmony.update(voc.note_on(PIANO, 60), at(5 * BEAT))
    assert advantage(5 * BEAT) > 20
    harmony.update(lowest, at(5 * BEAT))
    assert 0 < advantage(5 * BEAT) < 3
    # Pianos choose freely.
    assert bias(4 * BEAT, PIANO, 41, 36)[1] == 0


def test_when_an_instrument_plays_stays_as_it_was():
    logits = np.random.default_rng(0).normal(size=voc.SIZE).astype(np.float32)
    before = logits.copy()
    biased = HARMONY.bias(logits, at(0))
    assert np.array_equal(logits, before)
    for index, instrument in enumerate(voc.INSTRUMENTS):
        its = ONS & (index == voc.INSTRUMENT)
        assert np.logaddexp.reduce(biased[its]) == pytest.approx(
            np.logaddexp.reduce(logits[its]), abs=1e-4
        )
        assert np.array_equal(biased[its], logits[its]) == (instrument is DRUMS)
    assert np.array_equal(biased[~ONS], logits[~ONS])


def test_masked_tokens_stay_masked():
    logits = np.full(voc.SIZE, -np.inf, np.float32)
    logits[voc.note_on(PIANO, 61)] = 1
    assert np.array_equal(HARMONY.bias(logits, at(0)), logits)


def test_before_the_first_chord_and_without_chords_the_network_chooses():
    later = Harmony(Arrangement(BeatGrid(BEAT, (4,)), chords=CHORDS[1:]))
    none = Harmony(Arrangement(BeatGrid(BEAT, (4,))))
    for step in (0, 2 * BEAT):
        for harmony in (later, none):
            assert harmony.bias(FLAT, at(step)) is FLAT
            assert harmony.forced_token(at(step, [(PIANO, 61, 0)], at_bar=step == 0)) is None
    assert none.mask(ANY, at(0)) is ANY


def ended(step: int, *held: Held, at_bar: bool = False) -> set[int]:
    """The OFFs that are forced at a step, one after the other."""
    state, forced = at(step, held, at_bar=at_bar), set()
    while (token := HARMONY.forced_token(state)) is not None:
        forced.add(token)
        del state.active[voc.TOKENS[token].instrument, voc.TOKENS[token].pitch]
    return forced


def test_notes_that_the_new_chord_does_not_have_end_where_it_begins():
    held = [(PIANO, 60, 0), (PIANO, 64, 0), (BASS, 36, 0), (STRINGS, 67, 90), (DRUMS, 38, 0)]
    clashing = {voc.note_off(PIANO, 64), voc.note_off(STRINGS, 67)}
    assert ended(4 * BEAT, *held) == clashing
    # Not before, and not afterwards.
    assert not ended(4 * BEAT - 1, *held) | ended(4 * BEAT + 1, *held)


def test_nothing_is_ended_once_the_bar_has_begun():
    assert ended(4 * BEAT, (PIANO, 64, 0))
    assert not ended(4 * BEAT, (PIANO, 64, 0), at_bar=True)


def test_a_note_that_has_just_begun_may_go_on():
    earliest = 4 * BEAT - BEAT // ANTICIPATION
    assert ended(4 * BEAT, (PIANO, 64, earliest - 1))
    assert not ended(4 * BEAT, (PIANO, 64, earliest))


def test_time_stops_at_a_chord_change_in_mid_bar():
    for step, longest in ((4 * BEAT + 15, 105), (5 * BEAT, 60), (6 * BEAT, voc.MAX_SHIFT)):
        allowed = HARMONY.mask(ANY, at(step))
        assert voc.STEPS[allowed].max() == longest
        assert allowed[voc.STEPS == 0].all()
    assert ANY.all()
