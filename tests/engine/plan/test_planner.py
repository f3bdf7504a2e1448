"""Whole plans: what holds for every one, and what the film and the user decide."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EmsyncError
from engine.hits import Hit
from engine.plan import mood
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import LEAST_DRAWN, find_tempo, plan_piece, rank
from engine.plan.section_emotion import mean_emotion
from engine.plan.tempo_search import MOST_BEND, usual_tempo
from engine.score import Instrument


@given(st.data())
def test_every_cue_sheet_can_be_planned_whatever_the_user_fixes(
    cue_sheets, plan_options, check, data
):
    cues, options = data.draw(cue_sheets), data.draw(plan_options)
    check(plan_piece(cues, options), cues, options)


@given(st.data())
def test_equal_cue_sheets_and_options_give_equal_plans(cue_sheets, plan_options, data):
    cues, options = data.draw(cue_sheets), data.draw(plan_options)
    assert plan_piece(cues, options) == plan_piece(cues, options)


@pytest.mark.parametrize("duration", [0.05, 0.5, 2.0, 10.0, 300.0])
def test_films_without_cuts(sheet, duration, check):
    cues = sheet(duration)
    plan = plan_piece(cues, PlanOptions())
    check(plan, cues, PlanOptions())
    assert len(set(plan.bars)) == 1 and len(plan.points) == 2


def test_a_film_of_half_a_second_is_one_chord(sheet, chords_of, tonic):
    plan = plan_piece(sheet(0.5, [0.0]), PlanOptions())
    assert plan.last_chord == 0 and len(plan.phrases) == 1
    assert chords_of(plan) == [tonic(plan.phrases[0].key)]


@pytest.mark.parametrize("options", [{"bpm": 120.0}, {"bpm": 93.8, "time_signature": "6/8"}])
def test_a_film_of_three_hours(sheet, options, check):
    rng = np.random.default_rng(0)
    times = np.cumsum(4 + rng.exponential(3.0, 1500))
    boundaries = [0.0, *times[times < 10_798].tolist()]
    emotions = [tuple(pair) for pair in rng.uniform(-1, 1, (300, 2)).tolist()]
    cues, options = sheet(10_800.0, boundaries, *emotions), PlanOptions(**options)
    check(plan_piece(cues, options), cues, options)


@pytest.mark.soak
def test_a_film_of_three_hours_whose_tempo_is_looked_for(sheet, check):
    rng = np.random.default_rng(0)
    times = np.cumsum(4 + rng.exponential(3.0, 1500))
    cues = sheet(10_800.0, [0.0, *times[times < 10_798].tolist()])
    plan = plan_piece(cues, PlanOptions())
    check(plan, cues, PlanOptions())
    met, downbeats = plan.met(cues.boundaries)
    assert met > 0.9 * len(cues.boundaries) and downbeats > 0.8 * len(cues.boundaries)


def test_hits_closer_than_a_beat_are_met_where_a_beat_can_be(sheet, check):
    cues = sheet(20.0, [5.0, 5.1, 5.2, 10.0])
    plan = plan_piece(cues, PlanOptions())
    check(plan, cues, PlanOptions())
    assert plan.met(cues.boundaries)[0] == 2


@pytest.mark.parametrize("options", [{}, {"bpm": 120.0}])
def test_boundaries_at_the_start_and_at_the_end(sheet, options, check):
    cues, options = sheet(24.0, [0.0, 12.0, 24.0]), PlanOptions(**options)
    plan = plan_piece(cues, options)
    check(plan, cues, options)
    assert plan.met(cues.boundaries) == (3, 2 + (24.0 in map(plan.seconds_at, plan.bar_lines())))


def test_a_tempo_that_is_looked_for_suits_the_film_and_bends_little(sheet, bend):
    for arousal in (-0.7, 0.0, 0.7):
        cues = sheet(60.0, [0.0, 7.3, 14.9, 22.0, 31.7, 44.4], (0.1, arousal))
        fit = find_tempo(cues, None, None)
        low, _, high = usual_tempo(0.1, arousal)
        assert low <= fit.tempo <= high + 1e-9
        plan = plan_piece(cues, PlanOptions())
        assert bend(plan, fit.tempo) <= MOST_BEND + 1e-9
        assert plan.met(cues.boundaries)[0] == len(cues.boundaries)


def test_tempi_are_ranked_and_a_given_one_is_alone(sheet):
    cues = sheet(30.0, [0.0, 7.3, 14.9])
    fits = rank(cues, None, "3/4")
    assert len(fits) > 20 and {fit.beats_per_bar for fit in fits} == {3}
    assert fits[0] == find_tempo(cues, None, "3/4")
    (given_tempo,) = rank(cues, 90.0, "12/8")
    # Dotted quarters.
    assert given_tempo.tempo == pytest.approx(60.0) and given_tempo.beats_per_bar == 4


@pytest.mark.parametrize("bpm", [30.0, 98.7, 300.0])
@pytest.mark.parametrize("duration", [2.0, 24.0, 61.7])
def test_a_given_tempo_is_kept_to_the_letter(sheet, bpm, duration, check):
    cues, options = sheet(duration, [0.0, duration / 3, duration - 2]), PlanOptions(bpm=bpm)
    plan = plan_piece(cues, options)
    check(plan, cues, options)
    assert plan.tempo == pytest.approx(bpm, rel=1e-6)


@pytest.mark.parametrize(
    ("signature", "beats", "printed"),
    [
        ("2/4", 2, (2, 4)),
        ("3/4", 3, (3, 4)),
        ("4/4", 4, (4, 4)),
        ("6/8", 2, (6, 8)),
        ("12/8", 4, (12, 8)),
    ],
)
def test_a_given_time_signature_is_that_of_the_usual_bar(sheet, signature, beats, printed, check):
    options = PlanOptions(time_signature=signature)
    plan = plan_piece(sheet(40.0, [0.0, 11.3, 26.2]), options)
    check(plan, sheet(40.0, [0.0, 11.3, 26.2]), options)
    assert plan.usual_bar == beats
    assert plan.time_signatures.count(printed) > len(plan.bars) / 2
    steady = plan_piece(sheet(40.0), replace(options, bpm=100.0))
    assert set(steady.time_signatures) == {printed}


@pytest.mark.parametrize("feel", ["straight", "swing", "triplet"])
def test_a_given_feel_is_kept(sheet, feel, check):
    options = PlanOptions(feel=feel)
    plan = plan_piece(sheet(30.0), options)
    check(plan, sheet(30.0), options)
    assert plan.feel == feel


@pytest.mark.parametrize(
    "instruments",
    [
        (Instrument.DRUMS,),
        (Instrument.BASS,),
        (Instrument.STRINGS,),
        (Instrument.PIANO, Instrument.STRINGS),
        (Instrument.BASS, Instrument.DRUMS),
        tuple(Instrument),
    ],
)
@pytest.mark.parametrize("duration", [2.0, 10.0, 60.0])
def test_whoever_is_asked_for_plays(sheet, instruments, duration, check):
    for arousal in (-0.8, 0.1, 0.8):
        cues = sheet(duration, [0.0, duration - 2], (0.2, arousal))
        options = PlanOptions(instruments=instruments)
        plan = plan_piece(cues, options)
        check(plan, cues, options)
        playing = {instrument for phrase in plan.phrases for instrument in phrase.instruments}
        assert playing == set(instruments)


def test_a_calm_piece_has_fewer_bars_with_drums_than_an_excited_one(sheet):
    def share(arousal: float) -> float:
        plan = plan_piece(sheet(120.0, [0.0], (-0.4, arousal)), PlanOptions())
        drums = [Instrument.DRUMS in phrase.instruments for phrase in plan.phrases]
        assert any({*phrase.instruments} == {*Instrument} for phrase in plan.phrases)
        return sum(drums) / len(drums)

    assert 0 < share(-0.8) < 0.7 < share(0.8)


def test_phrases_begin_where_the_emotion_of_the_film_changes(sheet):
    cues = sheet(60.0, [], (0.5, 0.1), (-0.5, 0.6), (0.5, 0.1), changes=[19.3, 41.0])
    plan = plan_piece(cues, PlanOptions())
    begins = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    bar = 60 / plan.tempo * 4
    for change in (19.3, 41.0):
        assert min(abs(seconds - change) for seconds in begins) <= bar / 2 + 1e-9


def test_sections_without_an_emotion_take_the_mean_of_the_others(sheet, check):
    nan = math.nan
    cues = sheet(60.0, [0.0], (0.7, -0.6), (nan, nan), (0.7, nan))
    assert mean_emotion(cues.sections) == pytest.approx((0.7, -0.6))
    known = sheet(60.0, [0.0], (0.7, -0.6), (0.7, -0.6), (0.7, -0.6))
    assert plan_piece(cues, PlanOptions()) == plan_piece(known, PlanOptions())
    assert all(map(math.isnan, mean_emotion(sheet(9.0, [], (nan, nan)).sections)))
    cues = sheet(60.0, [0.0], (nan, nan))
    check(plan_piece(cues, PlanOptions()), cues, PlanOptions())


def test_unpleasant_and_calm_films_are_slower_and_sparser(sheet):
    sad, happy = (
        plan_piece(sheet(60.0, [0.0], emotion), PlanOptions())
        for emotion in ((-0.6, -0.5), (0.6, 0.5))
    )
    assert sad.tempo < happy.tempo
    assert sad.phrases[0].density < happy.phrases[0].density


def test_a_given_density_is_kept_to_the_letter(sheet):
    plan = plan_piece(sheet(60.0, [], (0.1, -0.9), (0.1, 0.9)), PlanOptions(density=12.34))
    assert {phrase.density for phrase in plan.phrases} == {12.34}


def test_the_emotion_of_each_section_sets_density_and_dynamics(sheet):
    plan = plan_piece(sheet(96.0, [], (0.1, -0.8), (0.1, 0.8)), PlanOptions())
    first, last = plan.phrases[1], plan.phrases[-1]
    assert first.density < last.density
    assert first.dynamics == mood.dynamics(-0.8) != last.dynamics


def test_a_film_without_length_is_an_error(sheet):
    with pytest.raises(EmsyncError, match=r"^duration: 0 s; give more than 0$"):
        plan_piece(replace(sheet(1.0), end=0.0), PlanOptions())


def test_another_instrument_leads_with_another_seed(sheet):
    film = sheet(30.0)
    plans = [plan_piece(film, PlanOptions(seed)) for seed in range(40)]
    leaders = {max(plan.shares, key=lambda share: share[1])[0] for plan in plans}
    assert leaders >= {Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS}
    for plan in plans:
        assert [instrument for instrument, _ in plan.shares] == list(Instrument)
        assert all(LEAST_DRAWN - 0.01 <= share <= 1 / LEAST_DRAWN for _, share in plan.shares)
    pair = plan_piece(film, PlanOptions(3, (Instrument.STRINGS, Instrument.PIANO)))
    assert [instrument for instrument, _ in pair.shares] == [Instrument.PIANO, Instrument.STRINGS]
    assert set(pair.shares) <= set(plans[3].shares)


def test_a_weighty_hit_is_met_before_one_that_may_be_missed(sheet):
    # No tempo has beats as near to each other as these two.
    cues = sheet(20.0, [4.0, 4.125])
    for weights in ((3.0, 0.1), (0.1, 3.0)):
        hits = tuple(Hit(at, weight=w) for at, w in zip(cues.boundaries, weights, strict=True))
        (best, *_) = rank(replace(cues, hits=hits), None, None)
        assert best.missed == (cues.boundaries[weights[0] > weights[1]],)


def test_hits_of_one_weight_are_planned_as_boundaries_are(sheet):
    cues = sheet(60.0, [4.0, 11.3, 30.1])
    named = replace(cues, hits=tuple(replace(hit, label="x") for hit in cues.hits))
    assert rank(named, None, None) == rank(cues, None, None)
