from __future__ import annotations

import numpy as np
import pytest

from engine.metrics.onsets import HOP, RATE, mel_filters, onset_strength, onset_times, pick_peaks


def notes(rng: np.random.Generator, seconds: float, times: list[float]) -> np.ndarray:
    """Decaying tones that begin at these times."""
    sound = np.zeros(int(RATE * seconds))
    for time in times:
        first = int(time * RATE)
        at = np.arange(min(RATE // 2, len(sound) - first)) / RATE
        tone = np.sin(2 * np.pi * rng.uniform(80, 3000) * at) * np.exp(-12 * at)
        sound[first : first + len(at)] += rng.uniform(0.2, 0.8) * tone
    return sound


def test_the_onset_of_every_tone_is_found():
    times = [0.5, 1.0, 1.7, 2.2, 3.1]
    found = onset_times(notes(np.random.default_rng(0), 4.0, times))
    assert found == pytest.approx(times, abs=2 * HOP / RATE)


def test_silence_has_no_onset():
    assert len(onset_times(np.zeros(RATE))) == 0
    assert len(onset_times(np.zeros(0))) == 0


def test_each_mel_band_has_one_triangle():
    filters = mel_filters()
    assert filters.shape == (128, 1025) and (filters >= 0).all()
    assert (np.diff(filters.argmax(1)) >= 0).all()


def test_samples_must_be_a_finite_list():
    with pytest.raises(ValueError, match="samples"):
        onset_times(np.zeros((2, 100)))
    with pytest.raises(ValueError, match="samples"):
        onset_times(np.array([np.nan]))


@pytest.mark.parametrize("seed", range(12))
def test_onsets_are_those_of_librosa_to_the_frame(seed):
    librosa = pytest.importorskip("librosa")
    rng = np.random.default_rng(seed)
    seconds = float(rng.uniform(0.3, 10))
    sound = notes(rng, seconds + 0.5, rng.uniform(0, seconds, rng.integers(1, 50)).tolist())
    sound = (sound + rng.normal(0, 10 ** rng.uniform(-6, -1.5), len(sound))).astype(np.float32)
    strength = librosa.onset.onset_strength(y=sound, sr=RATE, hop_length=HOP)
    mine = onset_strength(sound)
    np.testing.assert_allclose(mine, strength, atol=0.02)
    expected = librosa.onset.onset_detect(onset_envelope=strength, sr=RATE, hop_length=HOP)
    assert pick_peaks(mine).tolist() == expected.tolist()
