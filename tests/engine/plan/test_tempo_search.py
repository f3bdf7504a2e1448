from __future__ import annotations

import math
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cues import Transition
from engine.errors import EmsyncError
from engine.plan.tempo_search import (
    HALF_FRAME,
    MISSED,
    MOST_BEND,
    fit_tempo,
    rank_tempi,
    usual_tempo,
)
from engine.video.boundaries import cut_weights


def film(rng: np.random.Generator, duration: float) -> list[float]:
    """Boundaries as cuts are: on frames, four seconds apart or more."""
    times, now = [0.0], 0.0
    while (now := now + 4 + rng.exponential(3.0)) < duration - 2:
        times.append(round(now * 24) / 24)
    return times


def beat_times(fit, duration: float) -> tuple[float, ...]:
    """The seconds of every beat of a fit before ``duration``, from 0 on."""
    times: list[float] = []
    for here, there in pairwise(fit.anchors):
        beats = np.arange(there.beat - here.beat) / (there.beat - here.beat)
        times += (here.seconds + beats * (there.seconds - here.seconds)).tolist()
    last, beat = fit.anchors[-1], 60 / fit.tempo
    rest = max(0, math.ceil((duration - last.seconds) / beat - 1e-9))
    return (*times, *(last.seconds + beat * number for number in range(rest)))


def check(fit, boundaries, duration) -> None:
    """What holds for every fit."""
    beats = beat_times(fit, duration)
    assert beats[0] == 0.0 and beats[-1] < duration
    assert all(a < b for a, b in pairwise(beats))
    assert fit.bend <= MOST_BEND + 1e-9
    lengths = np.diff(beats) * fit.tempo / 60
    assert (np.abs(lengths - 1) <= MOST_BEND + 1e-9).all()
    lines = [0, *accumulate(fit.bars)]
    assert lines[-2] < len(beats) <= lines[-1]
    for anchor in fit.anchors:
        assert anchor.seconds == duration or beats[anchor.beat] == pytest.approx(anchor.seconds)
        assert (anchor.beat in lines) == anchor.downbeat
    met = {anchor.seconds for anchor in fit.anchors}
    assert set(fit.missed) == set(boundaries) - met


@pytest.mark.parametrize("beats_per_bar", [3, 4])
def test_boundaries_of_usual_films_are_beats_and_most_are_downbeats(beats_per_bar):
    rng = np.random.default_rng(0)
    met = down = count = unusual = bars = 0
    for _ in range(20):
        duration = float(rng.choice([10, 30, 60, 180]))
        boundaries = film(rng, duration)
        fit = rank_tempi(boundaries, duration, (0.0, rng.uniform(-0.6, 0.8)), beats_per_bar)[0]
        check(fit, boundaries, duration)
        hits = [a for a in fit.anchors if a.seconds in boundaries and a.seconds > 0]
        count += sum(boundary > 0 for boundary in boundaries)
        met += len(hits)
        down += sum(anchor.downbeat for anchor in hits)
        unusual += sum(bar != beats_per_bar for bar in fit.bars)
        bars += len(fit.bars)
    assert count > 150
    assert met / count > 0.98
    assert down / count > 0.8
    # Not at the cost of bars that nobody can follow.
    assert unusual / bars < 0.2


def test_a_tempo_that_fits_is_found_as_it_is():
    beat = 60 / 97
    boundaries = [0.0, *(8 * beat * n for n in range(1, 6))]
    best = rank_tempi(boundaries, 48 * beat, (0.0, 0.0))[0]
    assert best.tempo == pytest.approx(97, rel=0.01) and best.bend < 0.01
    assert best.missed == () and all(anchor.downbeat for anchor in best.anchors)
    exact = fit_tempo(97.0, boundaries, 48 * beat)
    assert exact.bend == pytest.approx(0, abs=1e-9) and set(exact.bars) == {4}


def test_one_unusual_bar_makes_a_boundary_a_downbeat():
    fit = fit_tempo(120.0, [0.0, 5.5], 16.0)
    assert fit.anchors[1].downbeat and fit.anchors[1].beat == 11
    assert fit.bars[:3] == (4, 4, 3)


def test_a_steady_tempo_does_not_bend():
    fit = fit_tempo(120.0, [0.0, 4.1, 8.0], 16.0, most_bend=0.0)
    assert fit.missed == (4.1,)
    assert beat_times(fit, 16.0) == pytest.approx(np.arange(32) / 2)


def test_boundaries_closer_than_a_beat_are_missed_but_for_one():
    fit = rank_tempi([0.0, 5.0, 5.1, 5.2, 10.0], 20.0)[0]
    assert len(fit.missed) == 2
    assert {anchor.seconds for anchor in fit.anchors} >= {0.0, 10.0}


@pytest.mark.parametrize("duration", [0.3, 2.0, 600.0])
def test_films_without_cuts(duration):
    fit = rank_tempi([], duration)[0]
    check(fit, [], duration)
    assert fit.missed == ()


def test_a_film_of_three_hours():
    rng = np.random.default_rng(1)
    boundaries = film(rng, 10800.0)
    fit = fit_tempo(104.0, boundaries, 10800.0)
    check(fit, boundaries, 10800.0)
    assert len(fit.missed) < 0.2 * len(boundaries)


def test_weights_say_which_boundary_counts():
    boundaries = [0.0, 5.0, 5.1]
    for weights, missed in (([1, 1, 9], (5.0,)), ([1, 9, 1], (5.1,))):
        assert fit_tempo(96.0, boundaries, 20.0, weights=weights).missed == missed


def test_excited_films_are_usually_faster():
    slow, fast = usual_tempo(-0.4, -0.8), usual_tempo(0.4, 0.8)
    assert all(a < b for a, b in zip(slow, fast, strict=True))
    assert usual_tempo(math.nan, math.nan)[1] == pytest.approx(112, abs=5)


def test_bad_input():
    with pytest.raises(EmsyncError, match="tempo 10"):
        fit_tempo(10.0, [], 10.0)
    with pytest.raises(EmsyncError, match="boundaries: give times from 0 to 10 s"):
        fit_tempo(100.0, [11.0], 10.0)


def test_boundaries_out_of_reach_do_not_cost_those_behind_them():
    fit = fit_tempo(120.0, [3.3, 7.4, 11.3, 15.2, 20, 24, 28, 32], 40.0, most_bend=0.0)
    assert fit.missed == (3.3, 7.4, 11.3, 15.2)
    fit = rank_tempi([0.05, 0.1, 0.15, 0.2, 10, 20, 30, 40], 60.0)[0]
    assert fit.missed == (0.05, 0.1, 0.15, 0.2)


def test_a_steady_tempo_meets_what_lies_within_half_a_frame():
    near = [2.0 * number + 0.002 for number in range(1, 20)]
    fit = fit_tempo(120.0, near, 40.0, most_bend=0.0)
    assert fit.missed == () and fit.bend == pytest.approx(0, abs=1e-9)
    assert beat_times(fit, 40.0) == pytest.approx(np.arange(80) / 2)


def test_a_boundary_at_the_very_end_counts():
    assert fit_tempo(120.0, [3.0, 9.9], 9.9, most_bend=0.0).missed == (9.9,)


@given(st.data())
def test_what_holds_for_every_fit(data):
    length = data.draw(st.integers(50, 60_000))
    times = data.draw(st.sets(st.integers(0, length), max_size=40))
    duration, boundaries = length / 1000, [time / 1000 for time in sorted(times)]
    tempo = data.draw(st.floats(30.0, 300.0))
    beats_per_bar = data.draw(st.sampled_from([2, 3, 4]))
    fit = fit_tempo(tempo, boundaries, duration, beats_per_bar)
    check(fit, boundaries, duration)
    assert math.isfinite(fit.cost)
    # A usual bar, or one that is up to two beats longer.
    assert all(2 <= bar <= beats_per_bar + 2 for bar in fit.bars)
    steady = fit_tempo(tempo, boundaries, duration, beats_per_bar, most_bend=0.0)
    beats = np.array(beat_times(steady, duration))
    assert beats == pytest.approx(np.arange(len(beats)) * 60 / tempo, rel=1e-5)
    for boundary in {*boundaries} - {*steady.missed}:
        beat = boundary * tempo / 60
        assert abs(beat - round(beat)) * 60 / tempo <= HALF_FRAME + 1e-4


def test_a_boundary_is_never_given_up_for_a_bend_alone():
    """Of two ways that both reach it, the cheaper is found: compared with trying all of them."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        boundaries = sorted(rng.uniform(1.0, 9.0, 3).tolist())
        fit = fit_tempo(110.0, boundaries, 10.0)
        for kept in ([], *([b] for b in boundaries), boundaries[:2], boundaries[1:], boundaries):
            fewer = fit_tempo(110.0, kept, 10.0)
            skipped = MISSED * (3 - len(kept))
            assert fit.cost <= fewer.cost + skipped + 1e-9


def test_an_unusual_bar_comes_just_before_its_boundary():
    fit = fit_tempo(120.0, [0.0, 5.5, 11.0], 20.0)
    lines = [0, *accumulate(fit.bars)]
    for anchor in fit.anchors[1:3]:
        number = lines.index(anchor.beat)
        assert fit.bars[number - 1] != 4 and fit.bars[number - 2] == 4


def test_dotted_beats_have_the_range_of_their_quarter_notes():
    low, _, high = usual_tempo(0.0, 0.2)
    fits = rank_tempi([0.0], 30.0, (0.0, 0.2), quarters=1.5)
    tempi = [1.5 * fit.tempo for fit in fits]
    # A beat becomes up to MOST_BEND longer or shorter so that the film ends with a bar.
    assert min(tempi) == pytest.approx(low, rel=MOST_BEND)
    assert max(tempi) == pytest.approx(high, rel=MOST_BEND)


def test_the_tempo_is_midway_between_the_longest_and_the_shortest_beat():
    boundaries = [0.0, 4.1, 7.9, 12.2, 17.0]
    fits = rank_tempi(boundaries, 24.0)
    for fit in fits:
        steps = pairwise(fit.anchors)
        beats = [(b.seconds - a.seconds) / (b.beat - a.beat) for a, b in steps]
        assert 60 / fit.tempo == pytest.approx((min(beats) + max(beats)) / 2)
        assert fit.bend == pytest.approx(max(beats) / (60 / fit.tempo) - 1, abs=1e-9)


def test_weights_of_strong_cuts_take_no_boundary_from_the_downbeats():
    rng, dice = np.random.default_rng(0), np.random.default_rng(5)
    downbeats = {False: 0, True: 0}
    for duration in (10.0, 30.0, 60.0, 60.0, 180.0) * 2:
        boundaries = film(rng, duration)
        strengths = np.exp(dice.normal(-1.5, 0.6, len(boundaries))).clip(0.05, 1)
        cuts = [Transition(t, strength=s) for t, s in zip(boundaries, strengths, strict=True)]
        weights = list(cut_weights(cuts).values())
        for weighted in downbeats:
            fit = rank_tempi(boundaries, duration, weights=weights if weighted else None)[0]
            downbeats[weighted] += sum(anchor.downbeat for anchor in fit.anchors)
    assert downbeats[False] > 80
    assert downbeats[True] >= downbeats[False]
