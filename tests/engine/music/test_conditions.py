from __future__ import annotations

import math

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.music.conditions import (
    ALL,
    DENSEST,
    EMOTION,
    KEYS,
    METRES,
    Conditions,
    parse_key,
    parse_metre,
    transpose_key,
    usual_density,
)


def test_unknown_unless_asked():
    assert np.isnan(Conditions().vector(ALL)).all()


def test_vector_holds_what_the_network_reads():
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
def test_keys_move_within_their_mode(key, semitones, moved):
    assert KEYS[int(transpose_key(float(KEYS.index(key)), semitones))] == moved


def test_the_usual_density_doubles_with_arousal_and_rises_with_the_ensemble():
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
def test_keys_as_people_write_them(text, key):
    assert KEYS[int(parse_key(text))] == key


@pytest.mark.parametrize("text", ["", "H", "C##", "minor", "C dorian"])
def test_no_keys(text):
    with pytest.raises(EmsyncError, match="write it as"):
        parse_key(text)


def test_metres():
    assert METRES[int(parse_metre(" 3/4"))] == "3/4"
    with pytest.raises(EmsyncError, match="choose from 2/4"):
        parse_metre("5/3")
