from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import METRES
from engine.plan.plan import (
    BEATS,
    DYNAMICS,
    FEELS,
    LATEST_PHRASE,
    Phrase,
    Plan,
    chord_beats,
    phrase_lines,
    plan_beats,
)
from engine.plan.tempo_search import fit_tempo
from engine.score import Instrument

PLAN = Plan(10.0, ((0, 0.0), (8, 4.1), (20, 10.1)), (4, 4, 4, 3, 4, 4))
PHRASE = Phrase(1, "A", "A minor", (Instrument.PIANO, Instrument.STRINGS), 8.0, "mp", ("Am", "F G"))


def test_a_plan_covers_the_film():
    for duration in (0.3, 2.0, 10.3, 12.0):
        plan = plan_beats(fit_tempo(120.0, [0.0], duration), duration)
        assert plan.points[-1][1] >= duration - 1e-9
        assert plan.points[-1][1] - duration < 0.6


def test_a_boundary_at_the_very_end_is_no_second_point():
    duration = 30.3 - 22.7
    plan = plan_beats(fit_tempo(120.0, [7.6], duration), duration)
    assert plan.points[-1][1] == pytest.approx(duration, abs=0.001)


def test_the_commonest_bar_is_the_metre():
    assert PLAN.metre == METRES.index("4/4")
    assert PLAN.time_signatures[3] == (3, 4)
    dotted = replace(PLAN, beat="dotted quarter", bars=(2, 2, 3))
    assert dotted.metre == METRES.index("6/8")
    assert dotted.time_signatures == ((6, 8), (6, 8), (9, 8))


def test_a_metre_that_the_network_does_not_know_is_unknown():
    assert np.isnan(replace(PLAN, bars=(7,)).metre)


def test_the_tempo_counts_quarter_notes():
    assert PLAN.tempo == pytest.approx(60 * 20 / 10.1)
    assert replace(PLAN, beat="dotted quarter").tempo == pytest.approx(1.5 * PLAN.tempo)


def test_many_bars_take_no_time_and_keep_their_metre():
    plan = replace(PLAN, bars=(3,) * 200_000)
    assert plan.metre == METRES.index("3/4")


def test_bars_go_on_with_the_last_length():
    assert [PLAN.bar_line(bar) for bar in (1, 2, 4, 5, 7, 9)] == [0, 4, 12, 15, 23, 31]
    assert PLAN.bar_lines() == (0, 4, 8, 12, 15, 19)
    assert replace(PLAN, bars=(3,)).bar_lines() == (0, 3, 6, 9, 12, 15, 18)


def test_every_beat_lies_in_a_bar():
    assert [PLAN.bar_at(beat) for beat in (0, 3, 4, 11, 12, 14, 15)] == [1, 1, 2, 3, 4, 4, 5]


def test_no_bar_begins_at_the_very_end():
    plan = Plan(8.0, ((0, 0.0), (16, 8.0)), (4,))
    assert plan.bar_lines() == (0, 4, 8, 12)


def test_beats_have_film_times():
    assert [PLAN.seconds_at(beat) for beat in (0, 4, 8, 20)] == pytest.approx([0, 2.05, 4.1, 10.1])
    # The last tempo goes on.
    assert PLAN.seconds_at(22) == pytest.approx(11.1)


def test_boundaries_are_met_within_half_a_frame():
    assert PLAN.met([0.0, 4.1, 4.12, 4.3, 4.6]) == (4, 3)
    assert PLAN.met([]) == (0, 0)


def test_the_chords_of_a_phrase_start_again():
    am, f, g = map(parse_chord, ("Am", "F", "G"))
    bars = [PHRASE.chords_of_bar(number) for number in range(4)]
    assert bars == [(am,), (f, g), (am,), (f, g)]
    assert replace(PHRASE, chords=()).chords_of_bar(0) == ()


@pytest.mark.parametrize(
    ("chords", "beats", "starts"),
    [
        (0, 4, []),
        (1, 4, [0]),
        (2, 4, [0, 2]),
        (2, 3, [0, 2]),
        (3, 4, [0, 2, 3]),
        (2, 5, [0, 3]),
        (4, 4, [0, 1, 2, 3]),
    ],
)
def test_the_chords_of_a_bar_share_its_beats(chords, beats, starts):
    assert chord_beats(chords, beats) == starts


def test_phrases_begin_at_bar_lines():
    phrases = tuple(replace(PHRASE, bar=bar) for bar in (1, 4, 6))
    assert phrase_lines(replace(PLAN, phrases=phrases)) == (0, 12, 19)
    short = replace(PLAN, bars=(3,), phrases=phrases)
    assert phrase_lines(short) == (0, 9, 15)


def test_names_of_feels_beats_and_dynamics():
    assert list(FEELS) == ["straight", "swing", "triplet"]
    assert BEATS == {"quarter": 1.0, "dotted quarter": 1.5}
    levels = list(DYNAMICS.values())
    assert list(DYNAMICS) == ["pp", "p", "mp", "mf", "f", "ff"] and levels == sorted(levels)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"duration": 0.0}, "duration: 0 s; give more than 0"),
        ({"duration": float("nan")}, "duration: nan s; give more than 0"),
        ({"duration": float("inf")}, "duration: inf s; give more than 0"),
        ({"beat": "half"}, "beat: 'half'; choose from quarter, dotted quarter"),
        ({"feel": "funky"}, "feel: 'funky'; choose from straight, swing, triplet"),
        (
            {"feel": "swing", "beat": "dotted quarter"},
            "feel: 'swing' needs beats of a quarter note",
        ),
        ({"points": ()}, "points: the first must be beat 0 at 0 s"),
        ({"points": ((0, 0.5), (20, 11.0))}, "points: the first must be beat 0 at 0 s"),
        ({"points": ((1, 0.0), (20, 11.0))}, "points: the first must be beat 0 at 0 s"),
        ({"points": ((0, 0.0),)}, "points: the last must lie at the end, 10 s, or later"),
        ({"points": ((0, 0.0), (8, 4.0))}, "points: the last must lie at the end, 10 s, or later"),
        (
            {"points": ((0, 0.0), (8, 4.0), (6, 11.0))},
            "points[2]: beat 6 at 11 s does not come after beat 8 at 4 s",
        ),
        (
            {"points": ((0, 0.0), (8, 4.0), (8, 11.0))},
            "points[2]: beat 8 at 11 s does not come after beat 8 at 4 s",
        ),
        (
            {"points": ((0, 0.0), (8, 4.0), (9, 3.0))},
            "points[2]: beat 9 at 3 s does not come after beat 8 at 4 s",
        ),
        (
            {"points": ((0, 0.0), (8, float("nan")))},
            "points[1]: beat 8 at nan s does not come after beat 0 at 0 s",
        ),
        (
            {"points": ((0, 0.0), (2, 11.0))},
            "points[1]: 11 quarter notes a minute lead there; keep them from 30 to 300",
        ),
        (
            {"points": ((0, 0.0), (8, 4.0), (60, 11.0))},
            "points[2]: 446 quarter notes a minute lead there; keep them from 30 to 300",
        ),
        ({"bars": ()}, "bars: give one or more"),
        ({"bars": (4, 0)}, "bars[1]: 0; give 1 to 12 beats"),
        ({"bars": (13,)}, "bars[0]: 13; give 1 to 12 beats"),
        ({"last_chord": -1}, "last_chord: beat -1 is not within the film"),
        ({"last_chord": 20}, "last_chord: beat 20 is not within the film"),
        (
            {"phrases": (replace(PHRASE, bar=2),)},
            "phrases[0].bar: the first phrase must begin at bar 1",
        ),
        ({"phrases": (PHRASE, PHRASE)}, "phrases[1].bar: 1 does not come after bar 1"),
        (
            {"phrases": (PHRASE, replace(PHRASE, bar=5), replace(PHRASE, bar=3))},
            "phrases[2].bar: 3 does not come after bar 5",
        ),
        (
            {"phrases": (PHRASE, replace(PHRASE, bar=7))},
            "phrases[1].bar: bar 7 begins at 11.60 s; the film ends at 10 s",
        ),
    ],
)
def test_every_field_of_a_plan_is_checked(changes, complaint):
    with pytest.raises(EmsyncError) as caught:
        replace(PLAN, **changes)
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"key": "H dur"}, "key 'H dur': write it as C, F#m or 'Bb major'"),
        (
            {"instruments": ()},
            "instruments: name one or more; a phrase needs somebody who plays",
        ),
        ({"density": 0.4}, "density: 0.4; give 0.5 to 40 notes a second"),
        ({"density": 41.0}, "density: 41; give 0.5 to 40 notes a second"),
        ({"density": float("nan")}, "density: nan; give 0.5 to 40 notes a second"),
        ({"dynamics": "fff"}, "dynamics: 'fff'; choose from pp, p, mp, mf, f, ff"),
        ({"chords": ("Am", " ")}, "chords[1]: name one or more chords"),
    ],
)
def test_every_field_of_a_phrase_is_checked(changes, complaint):
    with pytest.raises(EmsyncError) as caught:
        replace(PHRASE, **changes)
    assert str(caught.value) == complaint


def test_an_unknown_chord_is_named_with_its_bar():
    with pytest.raises(EmsyncError, match=r"^chords\[2\]: chord 'X': write a root and one of"):
        replace(PHRASE, chords=("Am", "F G", "C X"))


def test_a_chord_needs_a_beat():
    lines = Plan(8.0, ((0, 0.0), (16, 8.0)), (4, 2, 4))
    fits = replace(PHRASE, chords=("C F G Am", "F G"))
    assert replace(lines, phrases=(fits,)).phrases == (fits,)
    too_many = replace(PHRASE, chords=("F G", "C F G"))
    with pytest.raises(EmsyncError) as caught:
        replace(lines, phrases=(too_many,))
    assert str(caught.value) == (
        "phrases[0].chords[1]: 'C F G' has more chords than bar 2 has beats, 2"
    )


def test_a_phrase_begins_a_moment_before_the_end():
    lines = Plan(8.0, ((0, 0.0), (16, 8.0)), (4,))
    phrases = (PHRASE, replace(PHRASE, bar=4))
    assert replace(lines, duration=6.0 + 2 * LATEST_PHRASE, phrases=phrases).phrases == phrases
    with pytest.raises(EmsyncError, match=r"^phrases\[1\]\.bar: bar 4 begins at 6\.00 s"):
        replace(lines, duration=6.0 + LATEST_PHRASE / 2, phrases=phrases)


def test_a_tempo_may_be_out_of_range_by_rounding():
    for tempo in (30.0, 300.0):
        seconds = 7 * 60 / tempo
        for rounded in (np.nextafter(seconds, 0), np.nextafter(seconds, np.inf)):
            plan = Plan(1.0, ((0, 0.0), (7, float(rounded))), (4,))
            assert plan.tempo == pytest.approx(tempo)


@pytest.mark.parametrize("share", [0.0, 0.05, 10.5, float("nan")])
def test_shares_are_in_range(share):
    with pytest.raises(EmsyncError, match=r"^shares\.piano: .*; give 0\.1 to 10 times"):
        Plan(8.0, ((0, 0.0), (16, 8.0)), (4,), shares=((Instrument.PIANO, share),))
