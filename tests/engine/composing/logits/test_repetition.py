"""Tokens of earlier bars become likelier."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.logits.repetition import DRUMS, GROOVE, MOVING_ON, NEAR, PHRASE, Repetition
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement, Phrase, Recall
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

KICK = voc.note_on(Instrument.DRUMS, 36)
LOW, HIGH = (voc.note_on(Instrument.BASS, pitch) for pitch in (30, 40))
SHIFTS = np.flatnonzero(voc.KIND == Kind.TIMESHIFT)
OFFS = voc.KIND == Kind.OFF
FLAT = np.zeros(voc.SIZE, np.float32)
STATE = PieceState([(60.0, Conditions())])


def repetition(*tokens: int, strength: float = 2.0) -> Repetition:
    one = Repetition(strength)
    for token in tokens:
        one.update(token, STATE)
    return one


def bar(*notes: int) -> list[int]:
    return [voc.BAR, *notes, voc.shift(125)]


def test_nothing_is_favoured_in_the_first_bar() -> None:
    assert np.array_equal(repetition(*bar(LOW), LOW).bias(FLAT, STATE), FLAT)


def test_what_was_played_a_bar_ago_is_favoured() -> None:
    favoured = repetition(*bar(LOW), voc.BAR).bias(FLAT, STATE)
    assert favoured[LOW] == 2
    assert not np.delete(favoured, LOW).any()
    assert not FLAT.any()


def test_it_adds_up_where_bars_agree() -> None:
    agree = repetition(*bar(LOW), *bar(LOW), voc.BAR).bias(FLAT, STATE)
    differ = repetition(*bar(LOW), *bar(HIGH), voc.BAR).bias(FLAT, STATE)
    assert (agree[LOW], differ[LOW], differ[HIGH]) == (4, 2, 2)


def test_drums_are_favoured_less() -> None:
    assert repetition(*bar(KICK), voc.BAR).bias(FLAT, STATE)[KICK] == pytest.approx(2 * DRUMS)


@pytest.mark.parametrize("away", [0, NEAR, NEAR + 1])
def test_a_time_shift_near_the_earlier_one_counts_as_it(away: int) -> None:
    logits = FLAT.copy()
    logits[SHIFTS] = -9
    logits[voc.shift(60 + away)] = 1
    one = repetition(voc.BAR, LOW, voc.shift(60), LOW - 1, voc.shift(60), voc.BAR, LOW)
    gained = one.bias(logits, STATE) - logits
    gained -= gained[voc.shift(1)]
    assert gained[voc.shift(60 + away)] == pytest.approx(2 if away <= NEAR else 0, abs=1e-5)


def test_time_shifts_are_favoured_less() -> None:
    logits = np.random.default_rng(0).normal(size=voc.SIZE).astype(np.float32)
    logits[voc.shift(125)] = 15
    favoured = repetition(*bar(LOW), voc.BAR, LOW).bias(logits, STATE)
    before, after = (np.logaddexp.reduce(x[SHIFTS]) for x in (logits, favoured))
    assert after - before == pytest.approx(2 * MOVING_ON, abs=0.01)
    assert np.array_equal(np.delete(favoured, SHIFTS), np.delete(logits, SHIFTS))


def test_masked_tokens_stay_masked() -> None:
    logits = np.full(voc.SIZE, -np.inf, np.float32)
    logits[voc.BAR] = 0
    assert np.array_equal(repetition(*bar(LOW), voc.BAR, LOW).bias(logits, STATE), logits)


def test_without_strength_nothing_changes() -> None:
    one = repetition(*bar(LOW), voc.BAR, strength=0.0)
    assert one.bias(FLAT, STATE) is FLAT


TUNE = [voc.note_on(Instrument.BASS, pitch) for pitch in (31, 33, 35, 36)]


def planned(repeats: tuple[int, ...], bars: int) -> np.ndarray:
    """What is favoured in the last of some bars, each with a note of its own."""
    one = Repetition(2.0, Arrangement(BeatGrid(60, (4,)), repeats=repeats))
    for note in TUNE[: bars - 1]:
        for token in bar(note):
            one.update(token, STATE)
    one.update(voc.BAR, STATE)
    return one.bias(FLAT, STATE)


@pytest.mark.parametrize("ago", [1, 2, 3, 4])
def test_a_planned_bar_repeats_its_own_bar_of_the_phrase_of_its_form(ago: int) -> None:
    favoured = planned((0, 0, 0, 0, ago), bars=5)
    assert np.flatnonzero(np.where(OFFS, 0, favoured)).tolist() == [TUNE[-ago]]
    assert favoured[TUNE[-ago]] > 0


def test_a_planned_bar_without_a_model_and_bars_beyond_the_plan_repeat_nothing() -> None:
    assert np.array_equal(planned((0, 1, 1, 1, 0), bars=5), FLAT)
    assert np.array_equal(planned((0, 1), bars=5), FLAT)


def test_a_plan_without_phrases_repeats_as_songs_do() -> None:
    assert set(np.flatnonzero(planned((), bars=5))) == {TUNE[0], TUNE[2], TUNE[3]}


def test_a_planned_piece_takes_over_the_rhythm_of_the_bar_before_but_not_its_notes() -> None:
    one = Repetition(2.0, Arrangement(BeatGrid(60, (4,)), repeats=(0, 0)))
    for token in (voc.BAR, KICK, LOW, voc.shift(60), LOW - 1, voc.shift(60), voc.BAR):
        one.update(token, STATE)
    assert np.flatnonzero(np.where(OFFS, 0, one.bias(FLAT, STATE))).tolist() == [KICK]
    one.update(KICK, STATE)
    assert np.array_equal(one.bias(FLAT, STATE), FLAT)
    one.update(LOW, STATE)
    gained = one.bias(FLAT, STATE)
    assert gained[SHIFTS].argmax() in range(60 - NEAR - 1, 60 + NEAR)


def test_notes_of_a_planned_piece_end_as_they_would_without_the_rule() -> None:
    logits = np.random.default_rng(0).normal(size=voc.SIZE).astype(np.float32)
    one = Repetition(2.0, Arrangement(BeatGrid(60, (4,)), repeats=(0, 1)))
    for token in (*bar(LOW), voc.BAR):
        one.update(token, STATE)
    favoured = one.bias(logits, STATE)
    assert favoured[LOW] - logits[LOW] == 2 * PHRASE
    ends = [np.logaddexp.reduce(x[OFFS]) - np.logaddexp.reduce(x) for x in (logits, favoured)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-4)


@pytest.mark.parametrize("ends", [0, 1])
def test_drums_of_a_planned_piece_keep_the_groove_of_the_bar_before(ends: int) -> None:
    """Beside the bar that it repeats, and whatever ended in the bar before."""
    end = voc.note_off(Instrument.BASS, 30)
    one = Repetition(2.0, Arrangement(BeatGrid(60, (4,)), repeats=(0, 0, 2)))
    for token in (*bar(HIGH), *bar(*[end] * ends, KICK), voc.BAR):
        one.update(token, STATE)
    logits = FLAT.copy()
    logits[OFFS] = -np.inf
    favoured = one.bias(logits, STATE)
    assert favoured[KICK] == 2 * GROOVE
    assert favoured[HIGH] == 2 * PHRASE


def varied(*tokens: int, bars: tuple[int | None, ...] = (1, 0, None)) -> np.ndarray:
    """What is favoured after these tokens of a variation of two bars, LOW and then HIGH."""
    original = (voc.START, *bar(LOW), *bar(HIGH))
    arrangement = Arrangement(BeatGrid(60, (4,)), repeats=(0, 1, 1), recall=Recall(original, bars))
    one = Repetition(2.0, arrangement)
    for token in tokens:
        one.update(token, STATE)
    return np.where(OFFS, 0, one.bias(FLAT, STATE))


def test_a_variation_takes_up_the_bars_of_its_original() -> None:
    favoured = varied(voc.BAR)
    assert np.flatnonzero(favoured).tolist() == [HIGH]
    assert favoured[HIGH] == 2 * PHRASE
    assert np.flatnonzero(varied(*bar(TUNE[2]), voc.BAR)).tolist() == [LOW]


def test_a_variation_moves_on_as_its_original_did() -> None:
    favoured = varied(voc.BAR, HIGH)
    assert set(np.flatnonzero(favoured)) <= set(SHIFTS)
    assert favoured.argmax() in range(voc.shift(125 - NEAR), voc.shift(125) + 1)


def test_a_bar_that_the_original_lacks_repeats_the_variation_itself() -> None:
    played = (*bar(LOW), *bar(TUNE[2]), voc.BAR)
    assert np.flatnonzero(varied(*played)).tolist() == [TUNE[2]]


def test_beyond_the_end_of_the_original_nothing_is_favoured() -> None:
    assert np.array_equal(varied(voc.BAR, bars=(7,)), FLAT)
    beyond = (voc.BAR, LOW, voc.shift(125), voc.shift(125))
    assert np.array_equal(varied(*beyond, bars=(1,)), FLAT)


BASS, PIANO = Instrument.BASS, Instrument.PIANO


@pytest.mark.parametrize(
    ("before", "joining"), [({PIANO}, {BASS}), ({PIANO, BASS}, set()), ({BASS}, {PIANO})]
)
def test_players_who_join_play_as_they_would_without_the_rule(before, joining) -> None:
    """Notes and time shifts of the earlier phrase leave them room."""
    phrases = (Phrase(0, 1, frozenset(before)), Phrase(125, 1, frozenset({PIANO, BASS})))
    one = Repetition(2.0, Arrangement(BeatGrid(60, (4,)), phrases, repeats=(0, 1)))
    played = voc.note_on(PIANO, 60) if PIANO in before else LOW
    for token in bar(played):
        one.update(token, STATE)
    later = PieceState([(60.0, Conditions())])
    for token in (voc.BAR, voc.shift(125), voc.BAR):
        later.push(token)
    one.update(voc.BAR, later)
    logits = np.random.default_rng(0).normal(size=voc.SIZE).astype(np.float32)
    favoured = one.bias(logits, later)
    assert favoured[played] - logits[played] == 2 * PHRASE
    for player in (PIANO, BASS):
        ons = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(player) == voc.INSTRUMENT)
        alone = np.logaddexp.reduce(logits[ons]) - np.logaddexp.reduce(logits)
        now = np.logaddexp.reduce(favoured[ons]) - np.logaddexp.reduce(favoured)
        assert (now == pytest.approx(alone, abs=1e-4)) == (player in joining)
