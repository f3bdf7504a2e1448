"""Tone of voice: pitch and rate of speech.

Pitch is the strongest peak of the normalised autocorrelation (Boersma 1993). Rate counts syllables
as peaks of the voice's energy next to a vowel (de Jong and Wempe 2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Samples
from engine.emotion.experts.expert import SOUND_RATE
from engine.emotion.experts.loudness import SILENCE, LoudnessMeter

_HOP = SOUND_RATE // 100
_PITCH_WINDOW = 640
"""Samples of 40 ms: two periods of the lowest pitch are within it."""
_LOWEST, _HIGHEST = 65.0, 500.0
"""Pitches of voices in hertz."""
_VOICED = 0.6
"""Autocorrelation from which a window is voiced."""
_AUDIBLE = 0.05
"""Share of the loud windows' amplitude from which a window may be voiced."""
_FOURIER = 2048
_VOWELS = (300.0, 2500.0)
"""Band in hertz that holds the energy of vowels rather than of hiss and hum."""
_DIP = 2.0
"""Decibels that the energy must fall between two syllables."""
_SHORTEST_SYLLABLE = 8
"""Windows between two syllables, at least."""

REFERENCE = 100.0
"""Hertz of 0 semitones."""

_OCTAVE = 12.0
_FARTHEST = 9.0
"""Semitones from the median beyond which a pitch is taken for an octave error."""


def pitches(samples: Samples) -> Floats:
    """The pitch of each 10 ms in semitones above 100 Hz, NaN where there is no voice; [windows]."""
    if samples.size < _PITCH_WINDOW:
        return np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(samples, _PITCH_WINDOW)[::_HOP]
    windows = windows - windows.mean(1, keepdims=True)
    taper = np.hanning(_PITCH_WINDOW)
    spectrum = np.fft.rfft(windows * taper, _FOURIER, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :_PITCH_WINDOW]
    own = np.fft.irfft(np.abs(np.fft.rfft(taper, _FOURIER)) ** 2)[:_PITCH_WINDOW]
    # Divided by the taper's own autocorrelation, so that long periods are not at a loss.
    normal = correlation / np.maximum(correlation[:, :1], 1e-9) * (own[0] / np.maximum(own, 1e-9))
    first, last = int(SOUND_RATE / _HIGHEST), int(SOUND_RATE / _LOWEST)
    # A slight preference for short periods keeps the octave.
    lags = np.arange(first, last + 1)
    strength = normal[:, first : last + 1] - 0.02 * np.log2(lags / first)
    best = strength.argmax(1)
    loud = np.sqrt((windows**2).mean(1))
    audible = loud > _AUDIBLE * np.percentile(loud, 95)
    voiced = (normal[np.arange(best.size), first + best] >= _VOICED) & audible
    return np.where(voiced, 12 * np.log2(SOUND_RATE / lags[best] / REFERENCE), np.nan)


def syllables(samples: Samples, pitch: Floats) -> int:
    """How many syllables are spoken. pitch: what :func:`pitches` gives for these samples."""
    if not pitch.size:
        return 0
    size = 2 * _HOP
    windows = np.lib.stride_tricks.sliding_window_view(samples, size)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) ** 2
    frequencies = np.fft.rfftfreq(size, 1 / SOUND_RATE)
    band = power[:, (frequencies >= _VOWELS[0]) & (frequencies <= _VOWELS[1])].sum(1)
    smooth = np.convolve(band, np.hanning(9)[1:-1] / 4, "same")
    level = 10 * np.log10(np.maximum(smooth, 1e-12))
    voiced = np.zeros(level.size, np.bool_)
    voiced[: pitch.size] = ~np.isnan(pitch[: level.size])
    floor = np.percentile(level, 95) - 25
    count, valley, peak, since = 0, -np.inf, -np.inf, 0
    rising, last = True, -_SHORTEST_SYLLABLE
    for place, value in enumerate(level):
        if rising:
            if value > peak:
                peak, since = value, place
            elif value < peak - _DIP:
                near = voiced[max(since - 3, 0) : since + 4].any()
                if peak > floor and near and since - last >= _SHORTEST_SYLLABLE:
                    count, last = count + 1, since
                rising, valley = False, value
        elif value < valley:
            valley = value
        elif value > valley + _DIP:
            rising, peak, since = True, value, place
    return count


@dataclass(frozen=True, slots=True)
class Tone:
    """How something was said.

    seconds: voiced time. pitch: median, semitones above 100 Hz. pitch_range: between the quartiles,
    semitones. loudness: LUFS of the speech. rate: syllables a second. Where nothing was voiced,
    ``seconds`` is 0 and the rest means nothing.
    """

    seconds: float
    pitch: float
    pitch_range: float
    loudness: float
    rate: float


def tone(samples: Samples) -> Tone:
    """The tone of one utterance; [n], a second and more for a rate that means something."""
    pitch = pitches(samples)
    voiced = pitch[~np.isnan(pitch)]
    if not voiced.size:
        return Tone(0.0, 0.0, 0.0, SILENCE, 0.0)
    middle = float(np.median(voiced))
    away = voiced - middle
    voiced = voiced - np.where(np.abs(away) > _FARTHEST, _OCTAVE * np.round(away / _OCTAVE), 0)
    low, high = np.percentile(voiced, [25, 75])
    meter = LoudnessMeter()
    rows = np.concatenate([meter.push(samples)[0], meter.finish()[0]])
    loud = rows[rows >= np.percentile(rows, 50)]
    return Tone(
        seconds=voiced.size * _HOP / SOUND_RATE,
        pitch=float(np.median(voiced)),
        pitch_range=float(high - low),
        loudness=float(10 * np.log10((10 ** (loud / 10)).mean())),
        rate=syllables(samples, pitch) * SOUND_RATE / samples.size,
    )
