import numpy as np
import pytest

from engine.emotion.experts.expert import SOUND_RATE
from engine.emotion.experts.voice import pitches, syllables, tone


def buzz(hertz, seconds=1.0):
    """A voice without words: eight harmonics."""
    time = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    parts = [np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 9)]
    return (0.2 * np.sum(parts, axis=0)).astype(np.float32)


@pytest.mark.parametrize("hertz", [80, 120, 200, 350])
def test_pitch_is_in_semitones_above_100_hertz(hertz):
    found = pitches(buzz(hertz))
    assert np.nanmedian(found) == pytest.approx(12 * np.log2(hertz / 100), abs=0.3)


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(0).normal(0, 0.1, SOUND_RATE).astype(np.float32)
    assert np.isnan(pitches(noise)).mean() > 0.95
    assert np.isnan(pitches(np.zeros(SOUND_RATE, np.float32))).all()


@pytest.mark.parametrize("rate", [2, 4])
def test_each_swell_of_a_voice_is_a_syllable(rate):
    sound = buzz(150, 3)
    time = np.arange(sound.size) / SOUND_RATE
    spoken = (sound * np.sin(np.pi * rate * time) ** 2).astype(np.float32)
    assert syllables(spoken, pitches(spoken)) == 3 * rate


def test_a_tone_reads_pitch_loudness_and_rate_of_real_speech(recording):
    found = tone(recording("beckett"))
    assert found.seconds > 3
    assert -5 < found.pitch < 12
    assert 0.5 < found.pitch_range < 12
    assert 1 < found.rate < 4


def test_a_louder_voice_differs_in_loudness_alone():
    quiet, loud = tone(buzz(150)), tone(buzz(150) * 2)
    assert loud.loudness - quiet.loudness == pytest.approx(6.02, abs=0.1)
    assert loud.pitch == quiet.pitch


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_silence_has_a_tone_without_voice(size):
    assert tone(np.zeros(size, np.float32)).seconds == 0
