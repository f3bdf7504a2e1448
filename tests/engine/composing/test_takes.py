from __future__ import annotations

import math

import pytest

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.takes import asked_of, compose_takes, ranked, surprise
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.rating.rating import Players, Rating, rate
from engine.score import Instrument, Score
from engine.section import Section

EVERYONE = tuple(Instrument)
WHOLE = Section(0.0, 20.0, {}, 0.0, 0.0, "user")


def film(*boundaries: float, sections: tuple[Section, ...] = (WHOLE,)) -> CueSheet:
    video = Video("film.mp4", 20.0, 24.0, 64, 36)
    return CueSheet(video, 0.0, 20.0, (), hits_at(boundaries), sections)


def test_the_best_comes_first_and_of_equals_the_earliest():
    good, better = Rating(players=0.5), Rating(players=0.6)
    first, second, third = (Take(Score((), (), (), 1.0), n, 0.0) for n in range(3))
    rated = [(first, good), (second, better), (third, better)]
    assert ranked(rated) == [rated[1], rated[2], rated[0]]


def test_a_take_is_rated_against_the_emotions_of_its_film():
    calm = Section(0.0, 5.0, {}, 0.8, math.nan, "user")
    tense = Section(5.0, 20.0, {}, 0.4, -0.5, "user")
    asked = asked_of(film(5.0, sections=(calm, tense)), (), 12.0)
    assert (asked.boundaries, asked.density, asked.arousal) == ((5.0,), 12.0, -0.5)
    assert asked.valence == pytest.approx(0.5)
    assert [(felt.start, felt.end, felt.arousal) for felt in asked.sections][1] == (5, 20, -0.5)


def test_takes_differ_and_each_has_its_rating(network):
    cues = film(5.0, 9.0)
    reported: list[float] = []
    takes = compose_takes(cues, network, GenerationConfig(), 3, reported.append)
    assert len({take.score for take, _ in takes}) == 3
    asked = asked_of(cues, (Players(0.0, 20.0, EVERYONE),))
    for take, rating in takes:
        assert rating == rate(take.score, asked, surprise(take))
        assert 0 <= rating.total <= 1
    assert reported == sorted(reported)
    assert reported[-1] == 60.0
