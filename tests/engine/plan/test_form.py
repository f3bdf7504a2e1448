from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.form import BARS_A_MINUTE, LENGTHS, plan_phrases, split_phrases
from engine.plan.mood import drum_bars
from engine.plan.plan import DYNAMICS
from engine.score import CHORDAL, Instrument
from engine.section import Section

ALL = tuple(Instrument)
MARKS = list(DYNAMICS)


def section(start: float, end: float, valence: float = 0.1, arousal: float = 0.2) -> Section:
    return Section(start, end, {}, valence, arousal, "user")


def phrases(bars, *sections, boundaries=(), available=ALL, density=None, last_bar=None):
    """The phrases of a piece whose bars last two seconds."""
    times = [2.0 * bar for bar in range(bars)]
    sections = sections or (section(0.0, 2.0 * bars),)
    last = bars - 1 if last_bar is None else last_bar
    return plan_phrases(times, last, sections, boundaries, 2.0 * bars, available, density)


def bars_of(found, instrument) -> int:
    return sum(phrase.bars for phrase in found if instrument in phrase.players)


@given(
    st.integers(1, 200),
    st.frozensets(st.integers(0, 199), max_size=20),
    st.frozensets(st.integers(0, 199), max_size=60),
)
def test_phrases_follow_each_other_and_begin_where_sections_do(bars, sections, boundaries):
    sections = frozenset(bar for bar in sections if bar < bars)
    starts = split_phrases(bars, sections, boundaries)
    assert starts[0] == 0 and starts == sorted(set(starts))
    assert sections <= {0, *starts}
    assert set(np.diff([*starts, bars]).tolist()) <= set(LENGTHS)


def test_four_bars_are_usual():
    assert split_phrases(16, frozenset(), frozenset()) == [0, 4, 8, 12]


def test_a_phrase_begins_at_a_boundary_where_it_can():
    assert 3 in split_phrases(16, frozenset(), frozenset({3, 7, 11}))
    assert split_phrases(16, frozenset(), frozenset({3, 7, 11})) == [0, 3, 7, 11]
    # But not at every one.
    assert len(split_phrases(16, frozenset(), frozenset(range(16)))) < 8


@pytest.mark.parametrize("bars", [1, 2, 3, 5, 7])
def test_every_number_of_bars_makes_phrases(bars):
    found = phrases(bars)
    assert sum(phrase.bars for phrase in found) == bars
    assert found[0].bar == 0


def test_no_phrase_begins_after_the_last_chord():
    changes = (section(0.0, 18.0), section(18.0, 20.0, -0.5))
    found = phrases(10, *changes, boundaries=[16.0, 18.0], last_bar=7)
    assert max(phrase.bar for phrase in found) <= 7
    assert sum(phrase.bars for phrase in found) == 10


def test_sections_of_the_film_have_phrases_of_their_own():
    found = phrases(20, section(0, 9.1), section(9.1, 22.4, -0.5), section(22.4, 40))
    assert [p.section for p in found] == sorted(p.section for p in found)
    starts = {p.section: p.bar for p in reversed(found)}
    assert starts == {0: 0, 1: 5, 2: 11}


def test_a_section_that_is_shorter_than_a_bar_has_none():
    found = phrases(8, section(0, 6.2), section(6.2, 6.4, 0.9, 0.9), section(6.4, 16))
    assert {phrase.section for phrase in found} == {0, 2}


def test_the_usual_form_is_a_rondo():
    assert "".join(phrase.form for phrase in phrases(32)) == "AABACABA"


def test_sections_of_a_like_emotion_share_their_themes_and_others_do_not():
    like = (section(0, 16), section(16, 32, -0.8, 0.9), section(32, 48, 0.15, 0.25))
    forms = {}
    for phrase in phrases(24, *like):
        forms.setdefault(phrase.section, set()).add(phrase.form)
    assert forms[0] & forms[2]
    assert not forms[0] & forms[1]


def test_letters_do_not_run_out():
    emotions = [(v, a) for v in np.linspace(-1, 1, 8) for a in np.linspace(-1, 1, 8)]
    sections = [section(16.0 * n, 16.0 * (n + 1), v, a) for n, (v, a) in enumerate(emotions)]
    forms = {phrase.form for phrase in phrases(8 * 64, *sections)}
    assert "A" in forms and any(form.endswith("2") for form in forms)
    assert len(forms) > 26


@pytest.mark.parametrize("arousal", [-0.9, -0.3, 0.1, 0.5, 0.9])
@pytest.mark.parametrize(
    "available",
    [
        (Instrument.DRUMS,),
        (Instrument.BASS,),
        (Instrument.PIANO, Instrument.STRINGS),
        (Instrument.BASS, Instrument.DRUMS),
        (Instrument.BASS, Instrument.DRUMS, Instrument.STRINGS),
        ALL,
    ],
)
def test_everyone_plays_enough_and_nobody_else_does(arousal, available):
    for bars in (1, 5, 9, 30, 90):
        found = phrases(bars, section(0, 2.0 * bars, 0.1, arousal), available=available)
        for instrument in available:
            wanted = min(BARS_A_MINUTE * 2 * bars / 60, bars)
            assert bars_of(found, instrument) >= wanted
        for phrase in found:
            assert phrase.players and set(phrase.players) <= set(available)
            # In the order that is used everywhere.
            assert list(phrase.players) == [i for i in Instrument if i in phrase.players]


@pytest.mark.parametrize("arousal", [-0.9, 0.1, 0.9])
def test_guitar_or_piano_plays_wherever_one_may(arousal):
    for phrase in phrases(30, section(0, 60, 0.1, arousal)):
        assert set(CHORDAL) & set(phrase.players)


def test_everybody_plays_at_the_climax_which_is_loudest_and_in_the_most_excited_section():
    found = phrases(40, section(0, 30, 0.1, 0.0), section(30, 60, 0.1, 0.7), section(60, 80))
    loudest = [p for p in found if p.dynamics == max((p.dynamics for p in found), key=MARKS.index)]
    assert len(loudest) == 1
    assert loudest[0].section == 1 and set(loudest[0].players) == set(ALL)


@pytest.mark.parametrize("valence", [-0.8, 0.0, 0.8])
@pytest.mark.parametrize("arousal", [-0.8, -0.2, 0.2, 0.8])
def test_drums_play_in_the_share_of_bars_that_suits_the_emotion(valence, arousal):
    for bars in (60, 120):
        found = phrases(bars, section(0, 2.0 * bars, valence, arousal))
        share = bars_of(found, Instrument.DRUMS) / bars
        assert share == pytest.approx(drum_bars(valence, arousal), abs=0.12)
        climax = max(found, key=lambda phrase: MARKS.index(phrase.dynamics))
        assert Instrument.DRUMS in climax.players


def test_drums_rest_first_in_the_introduction_and_in_contrasts():
    found = phrases(60, section(0, 120, 0.2, -0.5))
    without = [phrase for phrase in found if Instrument.DRUMS not in phrase.players]
    assert without[0] is found[0]
    assert len(without) > 2 and all(phrase.form != found[0].form for phrase in without[1:])


def test_a_piece_begins_with_fewer_players_and_softer():
    for arousal in (-0.7, 0.0, 0.6):
        first, *others = phrases(40, section(0, 80, 0.1, arousal))
        assert len(first.players) < max(len(phrase.players) for phrase in others)
        assert MARKS.index(first.dynamics) < max(MARKS.index(p.dynamics) for p in others)


def test_density_follows_the_emotion_or_the_user():
    calm, excited = (phrases(20, section(0, 40, 0.1, arousal)) for arousal in (-0.8, 0.8))
    assert max(p.density for p in calm) < max(p.density for p in excited)
    assert {phrase.density for phrase in phrases(20, density=12.34)} == {12.34}
    assert all(math.isfinite(phrase.density) for phrase in (*calm, *excited))
