import math
from dataclasses import replace

import pytest

from engine.emotion.mapping import SCALED
from engine.emotion.sections import override, turned
from engine.emotion.words import WORDS
from engine.errors import EmsyncError
from engine.section import EKMAN, Section

SECTIONS = (
    Section(0, 20, dict.fromkeys(EKMAN, 1 / 6), -0.2, 0.4, "look"),
    Section(20, 50, dict.fromkeys(EKMAN, 1 / 6), 0.1, 0.5, "look"),
)


def test_override_without_arguments_changes_nothing() -> None:
    assert override(SECTIONS) == SECTIONS


@pytest.mark.parametrize("emotion", EKMAN)
def test_an_emotion_sets_probabilities_valence_and_arousal(emotion: str) -> None:
    for before, after in zip(SECTIONS, override(SECTIONS, emotion=emotion), strict=True):
        assert after.probabilities == {name: float(name == emotion) for name in EKMAN}
        expected = (SCALED[emotion].valence, SCALED[emotion].arousal)
        assert (after.valence, after.arousal) == pytest.approx(expected)
        assert (after.start, after.end, after.source) == (before.start, before.end, "user")


def test_one_coordinate_keeps_the_other_and_the_probabilities() -> None:
    (first, second) = override(SECTIONS, valence=0.9)
    assert (first.valence, first.arousal, second.valence, second.arousal) == (0.9, 0.4, 0.9, 0.5)
    assert first.probabilities == SECTIONS[0].probabilities
    assert first.source == f"user (valence), {'look'}"
    assert override(SECTIONS, arousal=0.0)[1] == replace(
        SECTIONS[1], arousal=0.0, source=f"user (arousal), {'look'}"
    )


def test_both_coordinates_leave_no_probabilities() -> None:
    (first, _) = override(SECTIONS, valence=-1, arousal=1)
    assert first == Section(0, 20, {}, -1, 1, "user")


def test_a_coordinate_goes_before_the_emotion() -> None:
    (first, _) = override(SECTIONS, emotion="joy", arousal=-0.5)
    assert (first.valence, first.arousal) == pytest.approx((0.8, -0.5))
    assert (first.probabilities["joy"], first.source) == (1.0, "user")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_sets_its_point_and_leaves_no_probabilities(word: str) -> None:
    for before, after in zip(SECTIONS, override(SECTIONS, word), strict=True):
        assert after == Section(before.start, before.end, {}, *WORDS[word], "user", word=word)


def test_a_coordinate_goes_before_a_word() -> None:
    (first, _) = override(SECTIONS, "calm", valence=-0.2)
    assert first == Section(0, 20, {}, -0.2, WORDS["calm"][1], "user")


def test_override_scales_with_mu_max() -> None:
    assert override(SECTIONS, emotion="joy", mu_max=0.4)[0].valence == pytest.approx(0.4)


@pytest.mark.parametrize(
    "changes",
    [{"valence": 3.0}, {"arousal": -1.01}, {"valence": math.nan}, {"emotion": "calmm"}],
)
def test_bad_overrides_are_one_line_errors(changes) -> None:
    with pytest.raises(EmsyncError, match=r"^[^\n]+: give [^\n]+$"):
        override(SECTIONS, **changes)


def test_emotions_of_the_user_begin_sections_where_they_are_set():
    film = (Section(0.0, 20.0, {}, 0.1, 0.1, "x"), Section(20.0, 60.0, {}, 0.2, 0.2, "x"))
    found = turned(film, [(10.0, None, "tense"), (30.0, 40.0, (0.5, -0.5))])
    assert [(s.start, s.end, s.valence) for s in found] == [
        (0.0, 10.0, 0.1),
        (10.0, 30.0, WORDS["tense"][0]),
        (30.0, 40.0, 0.5),
        (40.0, 60.0, 0.2),
    ]


def test_an_emotion_beyond_the_end_changes_nothing():
    film = (Section(0.0, 20.0, {}, 0.1, 0.1, "x"),)
    assert turned(film, [(20.0, None, "tense"), (99.0, 120.0, "joy")]) == film
    assert turned(film, [(0.0, 99.0, "joy")])[0].end == 20.0
