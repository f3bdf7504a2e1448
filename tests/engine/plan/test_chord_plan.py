from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music.chord_symbols import parse_chord
from engine.music.conditions import KEYS
from engine.plan.chord_plan import drawn_chords, given_chords
from engine.plan.form import PhrasePlan
from engine.plan.harmony import progressions, symbols, transposed
from engine.plan.plan import Plan, chord_beats
from engine.score import Instrument

C, A_MINOR = KEYS.index("C major"), KEYS.index("A minor")


def plan(*bars: int, last_chord: int, beats: int | None = None) -> Plan:
    """A plan at 120 bpm with these bars; the film has all of them, or this many beats."""
    count = sum(bars) if beats is None else beats
    return Plan(count / 2, ((0, 0.0), (count, count / 2)), bars, last_chord=last_chord)


def drafts(*phrases: tuple[str, int]) -> list[PhrasePlan]:
    """Phrases by form and number of bars."""
    found, bar = [], 0
    for form, bars in phrases:
        found.append(PhrasePlan(bar, bars, 0, form, (Instrument.PIANO,), 8.0, "mf"))
        bar += bars
    return found


def draw(made: Plan, phrases, keys=None, seed=0):
    found = drafts(*phrases)
    keys = keys or [C] * len(found)
    return drawn_chords(made, found, keys, np.random.default_rng(seed))


def by_beat(made: Plan, bars) -> list[str]:
    """The chord of every beat, as the plan's bars share their beats."""
    found = []
    for number, bar in enumerate(bars, start=1):
        beats = made.bar_line(number + 1) - made.bar_line(number)
        starts = [*chord_beats(len(bar), beats), beats]
        for chord, start, end in zip(bar, starts, starts[1:], strict=False):
            found += [chord] * (end - start)
    return found


def cadences(key: int) -> set[str]:
    """The chords that lead to the tonic of a key."""
    chords = progressions(key >= 12).cadences
    return {symbols(transposed((chord,), key), key)[0] for chord in chords}


def tonic(key: int) -> str:
    return KEYS[key].replace(" major", "").replace(" minor", "m")


@pytest.mark.parametrize(
    ("bars", "last_chord", "expected"),
    [
        ((4, 4, 4), 8, ["Am", "F G", "Am"]),
        ((4, 4, 4, 4), 8, ["Am", "F G", "Am", "Am"]),
        # In mid-bar the bar is as it was until then.
        ((4, 4, 4), 10, ["Am", "F G", "C Am"]),
        ((4, 4, 4), 9, ["Am", "F G", "C Am Am Am"]),
        ((4, 4, 4), 11, ["Am", "F G", "C C C Am"]),
        ((4, 4), 6, ["Am", "F Am"]),
        ((4, 4), 7, ["Am", "F F G Am"]),
        ((3, 3), 5, ["Am", "F Am"]),
        ((3, 3), 4, ["Am", "F Am Am"]),
        ((3, 5), 6, ["Am", "F Am"]),
        ((2, 2), 3, ["Am", "F Am"]),
        ((4,), 0, ["Am"]),
        ((4,), 2, ["Am Am"]),
    ],
)
def test_a_given_progression_keeps_its_bars_up_to_the_last_chord(bars, last_chord, expected):
    made = plan(*bars, last_chord=last_chord)
    chords = given_chords(made, ("Am", "F G", "C", "G"), A_MINOR)
    assert list(map(" ".join, chords)) == expected
    assert set(by_beat(made, chords)[last_chord:]) == {"Am"}


def test_a_given_progression_starts_again():
    made = plan(*[4] * 11, last_chord=40)
    chords = given_chords(made, ("Am", "F", "C", "G"), A_MINOR)
    assert "".join(bar[0][0] for bar in chords) == "AFCG" * 2 + "AF" + "A"


@given(st.data())
def test_from_the_last_chord_on_it_is_the_tonic_and_a_cadence_leads_there(data):
    bars = data.draw(st.lists(st.integers(2, 6), min_size=1, max_size=12))
    last = data.draw(st.integers(0, sum(bars) - 1))
    made = plan(*bars, last_chord=last)
    last_bar = made.bar_at(last) - 1
    # The phrases, none of which begins after the last chord.
    lines = sorted({0, *data.draw(st.sets(st.integers(0, last_bar)))})
    lengths = np.diff([*lines, len(bars)]).tolist()
    size = {"min_size": len(lines), "max_size": len(lines)}
    forms = data.draw(st.lists(st.sampled_from("AB"), **size))
    keys = data.draw(st.lists(st.sampled_from([C, A_MINOR]), **size))
    chords = draw(made, list(zip(forms, lengths, strict=True)), keys, data.draw(st.integers(0, 99)))
    assert len(chords) == len(bars)
    heard = by_beat(made, chords)
    assert set(heard[last:]) == {tonic(keys[-1])}
    if last:
        assert heard[last - 1] in cadences(keys[-1])
    # Each phrase is led to, and no chord goes on from one phrase to the next.
    for line, key in list(zip(lines, keys, strict=True))[1:]:
        before, first = chords[line - 1][-1], chords[line][0]
        assert before != first
        if first == tonic(key):
            assert before in cadences(key)
    for bar in chords:
        for chord in bar:
            parse_chord(chord)


def test_phrases_of_one_form_have_the_same_chords_but_for_the_way_on():
    made = plan(*[4] * 16, last_chord=60)
    for seed in range(20):
        chords = draw(made, [("A", 4), ("A", 4), ("B", 4), ("A", 4)], seed=seed)
        first, second, other, last = (chords[n : n + 4] for n in (0, 4, 8, 12))
        assert first[:3] == second[:3] == [*last[:2], first[2]]
        assert first[:3] != other[:3]


def test_the_first_theme_begins_at_home_and_a_contrast_elsewhere():
    made = plan(*[4] * 12, last_chord=44)
    for seed in range(20):
        chords = draw(made, [("A", 4), ("B", 4), ("A", 4)], seed=seed)
        assert chords[0][0] == "C" != chords[4][0]


def test_a_theme_in_another_key_begins_at_home_and_is_led_to():
    made = plan(*[4] * 8, last_chord=28)
    for seed in range(20):
        chords = draw(made, [("A", 4), ("A", 4)], [C, A_MINOR], seed)
        assert chords[4][0] == "Am"
        assert chords[3][-1] in cadences(A_MINOR)


@pytest.mark.parametrize("length", [1, 2, 3, 5, 6, 7, 8])
def test_phrases_of_any_length_lead_on(length):
    made = plan(*[4] * (3 * length + 1), last_chord=12 * length)
    for seed in range(20):
        chords = draw(made, [("A", length)] * 3 + [("A", 1)], seed=seed)
        for goal in (length, 2 * length, 3 * length):
            assert chords[goal][0] == "C"
            assert chords[goal - 1][-1] in cadences(C)
        assert chords[0][0] == "C" and chords[-1] == ("C",)


def test_a_last_phrase_of_one_bar_is_the_tonic():
    made = plan(4, 4, 4, 4, 3, last_chord=16)
    for seed in range(20):
        # Its form would begin elsewhere.
        chords = draw(made, [("A", 2), ("B", 2), ("B", 1)], seed=seed)
        assert chords[4] == ("C",) and chords[3][-1] in cadences(C)


def test_the_last_chord_in_the_middle_of_a_bar_of_three():
    made = plan(3, 3, 3, 3, last_chord=11)
    for seed in range(20):
        chords = draw(made, [("A", 4)], seed=seed)
        assert len(chords[3]) == 2 and chords[3][1] == "C" and chords[3][0] in cadences(C)
        assert by_beat(made, chords)[9:] == [chords[3][0]] * 2 + ["C"]


def test_a_piece_of_one_bar_has_a_cadence_where_it_has_time():
    assert draw(plan(4, last_chord=0), [("A", 1)]) == [("C",)]
    leading, home = draw(plan(4, last_chord=2), [("A", 1)])[0]
    assert home == "C" and leading in cadences(C)


def test_more_themes_than_progressions_are_no_error():
    count = 400
    made = plan(*[4] * count, last_chord=4 * count - 4)
    found = drafts(*((f"T{number}", 1) for number in range(count)))
    chords = drawn_chords(made, found, [C] * count, np.random.default_rng(0))
    assert len(chords) == count and chords[-1] == ("C",)


def test_the_last_bar_may_be_cut_off_by_the_end():
    made = plan(4, 4, 4, last_chord=8, beats=10)
    assert draw(made, [("A", 3)])[2] == ("C",)
    assert given_chords(replace(made, last_chord=4), ("Dm",), C)[1:] == [("C",), ("C",)]
