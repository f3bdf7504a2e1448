from __future__ import annotations

import numpy as np

from export.film.original import DUCKED, with_original
from export.film.speech import speech_regions

RATE = 48000


def voice(seconds: float) -> np.ndarray:
    """Syllables: a harmonic tone that comes and goes five times a second."""
    times = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 150 * k * times) for k in range(2, 16)) / 14
    mono = 0.4 * tone * (0.55 + 0.45 * np.sin(2 * np.pi * 5 * times))
    return np.stack([mono, mono], 1)


def noise(seconds: float, level: float = 0.003) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((round(seconds * RATE), 2)) * level


def test_speech_is_found_between_pauses():
    sound = np.concatenate([noise(2), voice(1.5), noise(3), voice(1.0), noise(0.3), voice(1.0),
                            noise(2)])  # fmt: skip
    found = speech_regions(np.array_split(sound, 11))
    np.testing.assert_allclose(found, [(2.0, 3.5), (6.5, 8.8)], atol=0.15)


def test_noise_rumble_and_silence_are_no_speech():
    times = np.arange(4 * RATE) / RATE
    rumble = 0.5 * np.sin(2 * np.pi * 80 * times) * (times % 1 < 0.5)
    for sound in (noise(4, 0.1), np.stack([rumble, rumble], 1), np.zeros((RATE, 2))):
        assert speech_regions([sound]) == ()
    assert speech_regions([]) == ()


def test_music_gives_way_under_speech_and_comes_back():
    music, own = np.ones((6 * RATE, 2)), np.zeros((6 * RATE, 2))
    (mixed,) = with_original([music], [own], 0.0, ((2.0, 3.0),))
    low = 10 ** (DUCKED / 20)
    at = {time: mixed[round(time * RATE), 0] for time in (1.0, 2.0, 2.9, 3.9, 5.0)}
    np.testing.assert_allclose(list(at.values()), [1.0, low, low, 1.0, 1.0], atol=1e-6)
    assert low < mixed[round(1.8 * RATE), 0] < 1.0


def test_between_near_regions_the_music_stays_below():
    music, own = np.ones((6 * RATE, 2)), np.zeros((6 * RATE, 2))
    (mixed,) = with_original([music], [own], 0.0, ((2.0, 3.0), (3.2, 4.0)))
    assert (np.diff(mixed[: 2 * RATE, 0]) <= 1e-9).all()
    assert mixed[round(3.1 * RATE), 0] < 0.8
    assert mixed[round(3.5 * RATE), 0] < 0.26
