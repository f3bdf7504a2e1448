import json

import numpy as np
import pytest

from engine.emotion.experts import text_emotion
from engine.emotion.experts.text_emotion import CLASSES, HEAD, SENTENCES, WIDTH, TextEmotion
from engine.section import EKMAN


@pytest.fixture(scope="module")
def emotion():
    if text_emotion.missing():
        pytest.skip(text_emotion.missing())
    return TextEmotion()


def test_the_layers_fit_the_network_and_the_classes():
    with np.load(HEAD) as head:
        assert head["classes"].shape == (len(CLASSES), WIDTH + 1)
        assert head["valence"].shape == (WIDTH + 1,)


def test_each_class_has_enough_sentences_and_none_twice():
    sentences = json.loads(SENTENCES.read_text(encoding="utf-8"))
    assert tuple(sentences) == CLASSES
    assert min(map(len, sentences.values())) >= 30
    every = [sentence for each in sentences.values() for sentence in each]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("sentence", "likeliest"),
    [
        ("Stop shouting at me, you arrogant fool!", "anger"),
        ("There is mould and slime all over the bread.", "disgust"),
        ("The killer is upstairs and we can't get out.", "fear"),
        ("Our team has won the cup, and everybody is singing.", "joy"),
        ("His wife is dead and he weeps all day.", "sadness"),
        ("What, you are my brother? I never knew!", "surprise"),
    ],
)
def test_plain_sentences_have_their_emotion(emotion, sentence, likeliest):
    feeling = emotion.read(sentence)
    assert EKMAN[feeling.probabilities.argmax()] == likeliest
    assert feeling.probabilities.sum() == pytest.approx(1)


def test_a_matter_of_fact_has_less_emotion(emotion):
    assert emotion.read("The bus stops at the corner at ten.").strength < 0.5
    assert emotion.read("I hate you, get out of my life!").strength > 0.9


def test_valence_tells_pleasant_from_unpleasant(emotion):
    assert emotion.read("What a lovely, happy day with my friends.").valence > 0.3
    assert emotion.read("It was a horrible, miserable failure.").valence < -0.3


def test_any_text_gives_finite_numbers(emotion):
    for text in ("", "?!", "\x00", "word " * 1000):
        feeling = emotion.read(text)
        assert np.isfinite([*feeling.probabilities, feeling.strength, feeling.valence]).all()
