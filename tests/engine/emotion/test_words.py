from itertools import combinations
from math import dist, hypot

import pytest

from engine.emotion.mapping import SCALED
from engine.emotion.sections import override
from engine.emotion.words import EMOTIONS, WORDS, felt, unknown_emotion, word_of
from engine.errors import EmsyncError
from engine.section import EKMAN, Section


def test_every_word_is_a_point_within_the_circle() -> None:
    assert all(hypot(*point) <= 1 for point in WORDS.values())


def test_no_two_words_mean_the_same() -> None:
    points = WORDS | {name: (g.valence, g.arousal) for name, g in SCALED.items()}
    assert len(points) == len(EMOTIONS)
    near = [
        pair
        for pair in combinations(points, 2)
        if dist(points[pair[0]], points[pair[1]]) < 0.15 and not set(pair) <= set(EKMAN)
    ]
    assert near == []


@pytest.mark.parametrize(
    ("word", "valence", "arousal"),
    [
        ("calm", 1, -1), ("tender", 1, -1), ("triumphant", 1, 1), ("excited", 1, 1),
        ("tense", -1, 1), ("frantic", -1, 1), ("lonely", -1, -1), ("melancholic", -1, -1),
    ],
)  # fmt: skip
def test_words_lie_in_their_quadrant(word: str, valence: int, arousal: int) -> None:
    assert WORDS[word][0] * valence > 0 and WORDS[word][1] * arousal > 0


@pytest.mark.parametrize(
    ("word", "near"), [("heroik", "heroic"), ("Calm", "calm"), ("triumfant", "triumphant")]
)
def test_a_wrong_word_is_answered_with_the_nearest(word: str, near: str) -> None:
    assert f"{word!r}: give {near};" in str(unknown_emotion(word))


def test_a_word_like_no_other_is_answered_with_all() -> None:
    assert all(word in str(unknown_emotion("zzz")) for word in EMOTIONS)


def test_a_word_is_a_section():
    certain = felt(1.0, 2.0, "joy")
    assert certain.probabilities["joy"] == 1.0 and certain.valence > 0.5
    assert felt(1.0, 2.0, "tense").probabilities == {}
    assert (felt(1.0, 2.0, (0.1, 0.2)).valence, felt(1.0, 2.0, (0.1, 0.2)).arousal) == (0.1, 0.2)
    assert felt(1.0, 2.0, "sad").probabilities["sadness"] == 1.0
    with pytest.raises(EmsyncError, match="unknown emotion 'tens': give tense"):
        felt(1.0, 2.0, "tens")


def test_intensity_scales_words_and_no_coordinates():
    for word in ("joy", "tense"):
        usual, mild = felt(0.0, 1.0, word), felt(0.0, 1.0, word, 0.4)
        assert mild.valence == pytest.approx(usual.valence / 2)
        assert mild.arousal == pytest.approx(usual.arousal / 2)
    assert felt(0.0, 1.0, "frantic", 1.0).arousal == 1.0
    assert felt(0.0, 1.0, (0.5, 0.6), 0.4).valence == 0.5


def test_a_word_of_the_user_stays_at_any_intensity() -> None:
    assert word_of(felt(0, 5, "calm", 0.3)) == "calm"
    assert word_of(felt(0, 5, (0.3, -0.7))) == "calm"
    seen = Section(0, 5, {}, 0.1, 0.2, "look")
    (asked,) = override([seen], "joy", mu_max=0.3)
    assert word_of(asked) == "joy"
    (changed,) = override([asked], valence=-0.6)
    assert word_of(changed) != "joy"
