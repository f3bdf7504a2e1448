from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.music.conditions import (
    ALL,
    DENSEST,
    EMOTION,
    FURTHEST,
    KEYS,
    METRES,
    Conditions,
    parse_conditions,
    parse_key,
    parse_time_signature,
    transpose_key,
    usual_density,
    with_guidance,
)


def test_conditions_are_unknown_by_default():
    assert np.isnan(Conditions().vector(ALL)).all()


def test_the_vector_has_the_inputs_of_the_network():
    asked = Conditions(0.5, -0.25, tempo=60.0, metre=2, key=21, density=20.0)
    assert asked.vector(ALL).tolist() == [0.5, -0.25, -1.0, 2.0, 21.0, 1.0]
    assert asked.vector(("density", *EMOTION)).tolist() == [1.0, 0.5, -0.25]


@pytest.mark.parametrize(
    ("key", "semitones", "moved"),
    [
        ("C major", 1, "C# major"),
        ("B major", 1, "C major"),
        ("C minor", -3, "A minor"),
        ("A minor", 3, "C minor"),
        ("G major", 0, "G major"),
    ],
)
def test_transposed_keys_keep_their_mode(key, semitones, moved):
    assert KEYS[int(transpose_key(float(KEYS.index(key)), semitones))] == moved


def test_the_usual_density_doubles_with_arousal_and_with_the_number_of_instruments():
    assert usual_density(0.5, 5) == pytest.approx(2 * usual_density(-0.5, 5))
    assert 8 < usual_density(0.0, 1) < usual_density(0.0, 2) < usual_density(0.0, 5) < 5 * 8
    assert usual_density(1.0, 5) == DENSEST
    assert math.isnan(usual_density(math.nan, 5))


def test_an_unknown_key_stays_unknown():
    assert math.isnan(transpose_key(math.nan, 2))


@pytest.mark.parametrize(
    ("text", "key"),
    [("C", "C major"), ("F#m", "F# minor"), ("Db", "C# major"), ("a minor", "A minor"),
     (" Bb  major ", "Bb major"), ("Cb", "B major"), ("e maj", "E major")],
)  # fmt: skip
def test_keys_are_read_in_every_usual_spelling(text, key):
    assert KEYS[int(parse_key(text))] == key


@pytest.mark.parametrize("text", ["", "H", "C##", "minor", "C dorian"])
def test_a_text_that_is_no_key_is_refused(text):
    with pytest.raises(EmsyncError, match="write it as"):
        parse_key(text)


def test_time_signatures_are_read_by_name():
    assert METRES[int(parse_time_signature(" 3/4"))] == "3/4"
    with pytest.raises(EmsyncError, match="time signature '5/3': choose from 2/4"):
        parse_time_signature("5/3")


def test_conditions_are_read_from_what_the_user_gives():
    asked = parse_conditions(90, "3/4", "Am", 8)
    assert (asked.tempo, asked.metre, asked.key, asked.density) == (90, 1, KEYS.index("A minor"), 8)
    assert np.isnan(parse_conditions().vector(ALL)).all()


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"bpm": 29}, "bpm 29: give 30 to 300"),
        ({"bpm": math.nan}, "bpm nan: give 30 to 300"),
        ({"density": 41}, "density 41: give 0.5 to 40 notes a second"),
        ({"time_signature": "3/4"}, "time signature 3/4: give the tempo"),
    ],
)
def test_conditions_out_of_range_are_refused(asked, complaint):
    with pytest.raises(EmsyncError, match=complaint):
        parse_conditions(**asked)


def test_guidance_moves_an_emotion_away_from_the_middle_within_bounds():
    asked = Conditions(valence=-0.4, arousal=0.9, tempo=96.0, density=12.0)
    told = with_guidance(asked, 2.5)
    assert told == replace(asked, valence=-1.0, arousal=FURTHEST)
    assert with_guidance(asked, 1.0) == asked
    assert repr(with_guidance(Conditions(), 2.5)) == repr(Conditions())
