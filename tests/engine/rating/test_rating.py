from __future__ import annotations

from dataclasses import replace

import pytest

from engine.rating.rating import WEIGHTS, Asked, Felt, Players, Rating, rate
from engine.rating.summary import describe, weakest
from engine.score import Instrument, Note, Score

FOUR = (Instrument.BASS, Instrument.DRUMS, Instrument.PIANO, Instrument.STRINGS)


def asked(score: Score, *instruments: Instrument, **more) -> Asked:
    return Asked((Players(0.0, score.duration, instruments or FOUR),), **more)


def test_the_total_is_the_weighted_mean_of_the_known_parts():
    rating = Rating(players=1.0, key=0.5)
    weights = WEIGHTS["players"], WEIGHTS["key"]
    assert rating.total == pytest.approx((weights[0] + weights[1] / 2) / sum(weights))
    assert Rating().total == 0
    assert set(WEIGHTS) == set(Rating(**dict.fromkeys(WEIGHTS, 1.0)).parts)


def test_players_are_counted_stretch_by_stretch(band):
    score = band()
    half = score.duration / 2
    late = replace(
        score,
        notes=tuple(n for n in score.notes if n.instrument is not FOUR[3] or n.onset > half),
    )
    both = Asked((Players(0.0, half, FOUR), Players(half, score.duration, FOUR)))
    assert rate(score, both).players == 1
    assert rate(late, both).players == 7 / 8


def test_boundaries_need_a_long_chord(band):
    score = band()
    assert rate(score, asked(score)).boundaries is None
    assert rate(score, asked(score, boundaries=(38.0,))).boundaries == 1
    assert rate(score, asked(score, boundaries=(37.3, 38.0))).boundaries == 0.5


def test_density_counts_once_it_is_off_by_more_than_a_quarter(band):
    score = band()
    got = len(score.notes) / score.duration
    found = [rate(score, asked(score, density=got * f)).density for f in (1.0, 1.24, 1.4, 1.6)]
    assert found[:2] == [1, 1]
    assert 0 < found[2] < 1
    assert found[3] == 0


def test_emotion_counts_where_it_was_asked_for(band):
    score = band()
    assert rate(score, asked(score)).emotion is None
    near, far = (rate(score, asked(score, valence=v)).emotion for v in (0.6, -0.9))
    assert near > far


def test_each_section_counts_for_its_own_emotion(band):
    calm, busy = band(), band()
    length = calm.duration
    few = [note for note in calm.notes if note.instrument is not Instrument.DRUMS][::3]
    later = (replace(n, onset=n.onset + length, end=n.end + length) for n in busy.notes)
    score = replace(calm, notes=(*few, *later), duration=2 * length, bars=())

    def emotion(first: float, second: float) -> float:
        sections = (Felt(0.0, length, 0.0, first), Felt(length, 2 * length, 0.0, second))
        rated = rate(score, Asked(sections=sections, valence=0.0, arousal=0.0))
        assert rated.emotion is not None
        return rated.emotion

    assert emotion(-0.5, 0.5) > emotion(0.5, -0.5)


def test_short_sections_count_with_the_whole(band):
    score = band()
    short = (Felt(0.0, 5.0, -0.9, 0.0), Felt(5.0, 9.0, -0.9, 0.0))
    whole = Asked(valence=0.6, arousal=0.0)
    assert rate(score, replace(whole, sections=short)).emotion == rate(score, whole).emotion


def test_originality_is_what_is_given(band):
    score = band()
    assert rate(score, asked(score), original=0.3).original == 0.3
    assert rate(score, asked(score)).original is None


def test_a_piece_that_need_not_end_has_no_ending(band):
    score = band()
    assert rate(score, asked(score, ends=False)).ending is None
    assert rate(score, asked(score)).ending > 0.5


def test_a_piece_of_one_bar_over_and_over_is_rated_lower(band):
    score = band()
    model = [note for note in score.notes if note.onset < 2.0]
    bars = [
        replace(note, onset=note.onset + bar * 2.0, end=note.end + bar * 2.0)
        for bar in range(20)
        for note in model
    ]
    one = replace(score, notes=tuple(sorted(bars, key=lambda n: n.onset)))
    assert rate(one, asked(one)).movement == pytest.approx(0, abs=0.05)
    assert rate(one, asked(one)).total < rate(score, asked(score)).total


def test_short_and_empty_pieces_are_rated_by_what_was_asked():
    empty = Score((), (0.0,), (), 10.0)
    assert rate(empty, asked(empty)).parts == {"players": 0.0}
    short = Score((Note(Instrument.PIANO, 0.0, 1.0, 60),), (0.0,), (), 2.0)
    assert rate(short, asked(short, Instrument.PIANO)).parts == {"players": 1.0}


def test_a_take_is_described_in_words(band):
    score = band()
    solo = replace(score, notes=score.part(Instrument.STRINGS))
    density = len(solo.notes) / score.duration
    assert describe(solo) == f"C major, {density:.1f} notes a second, strings lead"
    planned = replace(solo, keys=((0.0, "C major"), (20.0, "A minor")))
    assert describe(planned).startswith("A minor, ")
    assert describe(replace(score, notes=())) == "0.0 notes a second"


def test_what_a_take_lacks_most_beside_the_best_is_named():
    weights = {"players": 1.0, "key": 1.0, "texture": 2.0}
    best = Rating(players=1.0, key=0.9, texture=0.9, weights=weights)
    assert weakest(Rating(players=1.0, key=0.6, texture=0.7, weights=weights), best) == "texture"
    assert weakest(Rating(players=1.0, key=0.4, texture=0.87, weights=weights), best) == "key"
    assert weakest(best, best) == ""
