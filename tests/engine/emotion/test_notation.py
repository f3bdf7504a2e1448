from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emotion.notation import Turn, checked_emotion, parse_emotion, parse_turns, read_emotion
from engine.emotion.words import EMOTIONS, SYNONYMS

numbers = st.floats(-1.0, 1.0).map(lambda value: round(value, 4))


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("joy", "joy"),
        (" Tense ", "tense"),
        ("sad", "sadness"),
        ("v=-0.4 a=0.7", (-0.4, 0.7)),
        ("A = .7, V = -1", (-1.0, 0.7)),
        ("valence -0,3 arousal 0,75", (-0.3, 0.75)),
        ("-0,3 0.75", (-0.3, 0.75)),
    ],
)
def test_an_emotion_is_read(text, emotion):
    assert parse_emotion(text) == emotion


@given(numbers, numbers)
def test_coordinates_are_read_as_they_are_written(valence, arousal):
    assert read_emotion(f"v={valence} a={arousal}") == (valence, arousal)


@pytest.mark.parametrize("text", ["Door slams", "A 1", "V2", "va=1", "joy and fear", "0.3 0.7", ""])
def test_other_labels_are_no_emotion(text):
    assert read_emotion(text) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tens", "give tense"),
        ("v=0.4", "has no arousal; give both"),
        ("arousal 0.5", "has no valence"),
        ("v=2 a=0", "valence 2 is out of range"),
        ("0 -1.5", "arousal -1.5 is out of range"),
    ],
)
def test_what_is_no_emotion_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_emotion(text)


def test_emotions_with_times_are_read():
    assert parse_turns("calm, 0:12.5 joy, 0:40-0:52 v=-0.4 a=0.7; 1:00 sad") == (
        Turn(0.0, None, "calm"),
        Turn(12.5, None, "joy"),
        Turn(40.0, 52.0, (-0.4, 0.7)),
        Turn(60.0, None, "sadness"),
    )
    assert parse_turns("v=-0.4, a=0.7") == (Turn(0.0, None, (-0.4, 0.7)),)
    assert parse_turns("0.3 0.7") == (Turn(0.0, None, (0.3, 0.7)),)
    assert parse_turns("00:00:10,5 tense\n0:20 calm")[0] == Turn(10.5, None, "tense")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0:12 joy, tense", "has no time"),
        ("0:12 joy, 0:10 calm", "sort the times"),
        ("0:12-0:10 joy", "not after"),
        ("0:12 joyy", "give joy"),
        (" ; ", "is empty"),
    ],
)
def test_wrong_times_are_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_turns(text)


def test_a_kept_emotion_is_a_word_of_the_list_or_two_numbers():
    assert {checked_emotion(word) for word in SYNONYMS} <= set(EMOTIONS)
    assert checked_emotion((0.1, -0.2)) == (0.1, -0.2)
    with pytest.raises(ValueError, match="out of range"):
        checked_emotion((3.0, 0.0))
