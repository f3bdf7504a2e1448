"""What a variation takes from its original."""

from __future__ import annotations

from bisect import bisect_right

import pytest

from engine.music.events import decode
from engine.plan.original import Original, recall
from engine.plan.plan import Phrase, Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument
VERSE, CHORUS = ("Am", "F", "C", "G7"), ("F", "C G", "Dm", "E7")


def phrase(bar: int, form: str, *chords: str, key: str = "A minor") -> Phrase:
    return Phrase(bar, form, key, (BASS, PIANO, STRINGS), 8.0, "mf", chords)


PLAN = Plan(
    36.0, ((0, 0.0), (72, 36.0)), (4,), last_chord=64,
    phrases=(
        phrase(1, "A", *VERSE), phrase(5, "B", *CHORUS, "F"), phrase(10, "A", *VERSE),
        phrase(14, "C", "Dm", "E7", "Am", key="C major"),
    ),
    shares=((BASS, 1.3), (PIANO, 0.6), (STRINGS, 2.0)),
)  # fmt: skip
"""18 bars of 2 s; the last chord falls on the 17th."""


@pytest.fixture(scope="module")
def varied(request) -> Plan:
    """A variation of 24 s whose film is tense and then calm."""
    from .conftest import make_sheet

    cues = make_sheet(24.0, [0.0, 7.1, 13.0], (-0.3, 0.75), (0.6, -0.6), changes=[12.0])
    return plan_piece(cues, PlanOptions(seed=3), Original(PLAN))


def test_the_key_the_players_and_who_leads_are_the_originals(varied):
    assert {each.key for each in varied.phrases} <= {"A minor", "C major"}
    assert varied.phrases[0].key == "A minor"
    assert {i for each in varied.phrases for i in each.instruments} == {BASS, PIANO, STRINGS}
    assert varied.shares == PLAN.shares


def test_tempo_boundaries_and_dynamics_are_its_own(varied):
    assert varied.met((0.0, 7.1, 13.0))[0] == 3
    assert varied.tempo != PLAN.tempo
    assert varied.phrases[0].dynamics != varied.phrases[-1].dynamics


def test_every_form_has_the_progression_of_the_original(varied):
    progressions = {"A": VERSE, "B": CHORUS}
    for each, following in zip(varied.phrases, varied.phrases[1:], strict=False):
        assert each.form in "ABC"
        if each.form in progressions:
            # The last bar before another phrase may lead there by another chord.
            count = following.bar - each.bar - 1
            assert each.chords[:count] == progressions[each.form][:count]


def test_a_form_that_the_original_lacks_is_one_of_its_first_mood():
    one = Original(PLAN)
    assert [one.form(letter) for letter in ("A", "C", "D", "E", "F", "A2")] == [
        "A", "C", "A", "B", "C", "C",
    ]  # fmt: skip
    assert one.key("B") == one.key("nothing like it")


def test_chords_count_from_the_tonic():
    assert Original(PLAN).progressions["A"] == (("0:m",), ("8",), ("3",), ("10:7",))
    # The fifth bar of a phrase begins the progression again.
    assert len(Original(PLAN).progressions["B"]) == 4


def test_without_an_original_a_plan_is_as_it_was():
    from .conftest import make_sheet

    cues = make_sheet(24.0, [0.0, 7.1, 13.0])
    assert plan_piece(cues, PlanOptions(seed=3)) == plan_piece(cues, PlanOptions(seed=3), None)


MELODY = Score(
    tuple(
        # A note on each beat whose pitch is its own.
        Note(PIANO, beat / 2, beat / 2 + 0.25, 30 + beat)
        for beat in range(64)
    ),
    (), (), 36.0,
)  # fmt: skip


def test_the_originals_bars_have_the_beats_of_the_variation(varied):
    found = recall(varied, PLAN, MELODY)
    timing = Timing(varied)
    score = decode(found.tokens)
    beat = timing.beat * 0.008
    assert [note.onset for note in score.notes] == pytest.approx([n * beat for n in range(64)])
    assert [note.pitch for note in score.notes] == [note.pitch for note in MELODY.notes]
    assert score.bars[:3] == pytest.approx((0.0, 4 * beat, 8 * beat))


def test_every_bar_takes_up_a_bar_of_its_form_and_place(varied):
    bars = recall(varied, PLAN, MELODY).bars
    assert len(bars) == len(varied.bar_lines())
    firsts = [each.bar for each in varied.phrases]
    of_original = [each.bar for each in PLAN.phrases]
    for number, found in enumerate(bars, start=1):
        here = varied.phrases[bisect_right(firsts, number) - 1]
        # Never the bars of the last chord.
        assert found is not None and found < 16
        there = PLAN.phrases[bisect_right(of_original, found + 1) - 1]
        same_chords = here.chords_of_bar(number - here.bar) == there.chords_of_bar(
            found + 1 - there.bar
        )
        same_place = here.form == there.form and number - here.bar == found + 1 - there.bar
        assert same_place or same_chords


def test_the_first_bar_of_a_variation_is_that_of_its_original(varied):
    assert recall(varied, PLAN, MELODY).bars[:3] == (0, 1, 2)
