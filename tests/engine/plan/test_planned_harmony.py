"""Keys and chords of planned pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music.chord_symbols import parse_chord
from engine.music.conditions import parse_key
from engine.plan.harmony import progressions, symbols, transposed
from engine.plan.plan_options import PlanOptions, split_bars
from engine.plan.planner import USUAL_TONICS, plan_piece
from engine.plan.timing import Timing

FIXED = {"bpm": 100.0, "time_signature": "4/4"}


@given(st.data())
def test_harmony_leads_from_phrase_to_phrase(cue_sheets, chords_of, tonic, data):
    cues = data.draw(cue_sheets)
    plan = plan_piece(cues, PlanOptions(seed=data.draw(st.integers(0, 1000))))
    bars = chords_of(plan)
    for phrase in plan.phrases[1:]:
        before, first = bars[phrase.bar - 2].split()[-1], bars[phrase.bar - 1].split()[0]
        assert before != first
        if first == tonic(phrase.key):
            key = int(parse_key(phrase.key))
            usual = progressions(key >= 12).cadences
            assert before in {symbols(transposed((name,), key), key)[0] for name in usual}
    if plan.last_chord:
        key = int(parse_key(plan.phrases[-1].key))
        timing = Timing(plan)
        leading = timing.arrangement.chord_at(plan.last_chord * timing.beat - 1)
        usual = progressions(key >= 12).cadences
        assert leading in {parse_chord(symbols(transposed((name,), key), key)[0]) for name in usual}


def test_the_seed_chooses_the_key_and_the_harmony(sheet, chords_of):
    cues = sheet(60.0, [0.0, 7.3])
    plans = [plan_piece(cues, PlanOptions(seed=seed)) for seed in range(12)]
    assert len({plan.phrases[0].key for plan in plans}) > 3
    assert len({tuple(chords_of(plan)) for plan in plans}) == 12
    # Tempo and bars are the film's.
    assert len({(plan.points, plan.bars) for plan in plans}) == 1
    free = [plan_piece(cues, PlanOptions(seed=seed, key="D")) for seed in range(12)]
    assert len({tuple(chords_of(plan)) for plan in free}) > 6


def test_the_mode_follows_the_valence(sheet):
    for seed in range(12):
        pleasant, unpleasant = (
            plan_piece(sheet(30.0, [], (valence, 0.1)), PlanOptions(seed=seed))
            for valence in (0.7, -0.7)
        )
        assert {phrase.key.split()[1] for phrase in pleasant.phrases} == {"major"}
        assert {phrase.key.split()[1] for phrase in unpleasant.phrases} == {"minor"}
    between = [plan_piece(sheet(30.0, [], (0.0, 0.1)), PlanOptions(seed=s)) for s in range(24)]
    assert {plan.phrases[0].key.split()[1] for plan in between} == {"major", "minor"}


def test_a_section_of_the_other_mode_is_in_the_relative_key(sheet):
    for seed in range(12):
        plan = plan_piece(sheet(60.0, [], (0.7, 0.1), (-0.7, 0.1)), PlanOptions(seed=seed))
        major, minor = (int(parse_key(plan.phrases[place].key)) for place in (0, -1))
        assert major in USUAL_TONICS
        assert minor == 12 + (major + 9) % 12


def test_given_chords_are_those_of_each_bar_up_to_the_tonic(sheet, chords_of):
    given_chords = ("Am", "F G", "C/E", "E7")
    plan = plan_piece(sheet(42.0), PlanOptions(chords=given_chords, **FIXED))
    found = chords_of(plan)
    last = plan.bar_at(plan.last_chord) - 1
    assert found[:last] == [given_chords[bar % 4] for bar in range(last)]
    assert set(found[last:]) == {"Am"} and {phrase.key for phrase in plan.phrases} == {"A minor"}
    other = plan_piece(sheet(42.0), PlanOptions(chords=given_chords, key="C", **FIXED))
    assert chords_of(other)[-1] == "C" and {phrase.key for phrase in other.phrases} == {"C major"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Am F C G", "A minor"),
        ("C Am F G", "C major"),
        ("D A Bm G", "D major"),
        ("Cm Ab Eb Bb", "C minor"),
        ("F Bb C7 F", "F major"),
    ],
)
def test_chords_tell_the_key(sheet, text, key):
    plan = plan_piece(sheet(20.0), PlanOptions(chords=split_bars(text)))
    assert plan.phrases[0].key == key
