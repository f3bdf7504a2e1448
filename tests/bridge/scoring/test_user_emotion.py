from __future__ import annotations

import pytest

from bridge.scoring.user_emotion import UserEmotion, parse_user_emotion
from engine.emotion.notation import Turn
from engine.errors import EmsyncError
from engine.section import Section


def test_emotions_may_have_times():
    given = parse_user_emotion("calm, 0:12.5 v=-0.4 a=0.7", None, None)
    assert given.word is None
    assert given.turns == (Turn(0.0, None, "calm"), Turn(12.5, None, (-0.4, 0.7)))
    assert given.is_whole and not parse_user_emotion("0:12.5 sad", None, None).is_whole


def test_a_word_is_no_turn_and_coordinates_go_with_it():
    assert parse_user_emotion("sad", None, 0.1) == UserEmotion("sadness", None, 0.1, ())
    assert parse_user_emotion("auto", 0.2, None) == UserEmotion(None, 0.2, None, ())
    assert not parse_user_emotion("auto", 0.2, None).is_whole
    with pytest.raises(EmsyncError, match="leave out one or the other"):
        parse_user_emotion("calm, 0:12.5 joy", 0.2, None)


def test_what_is_not_given_stays_as_perceived():
    sections = (Section(0.0, 9.0, {}, 0.3, -0.2, "look"),)
    assert parse_user_emotion("auto", None, None).applied(sections, 0.3) == sections
    (arousal,) = parse_user_emotion("auto", None, 0.9).applied(sections, 0.3)
    assert (arousal.valence, arousal.arousal) == (0.3, 0.9)
