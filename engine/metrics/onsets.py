"""Onsets in sound: ``onset_strength`` and ``onset_detect`` of librosa 0.11 with their defaults.

AV-Align is defined by these two, at 22,050 Hz with a hop of 512 samples. This version needs NumPy
only, and a test compares it with librosa's to the frame. Sources: librosa 0.11; mel scale of
Slaney's Auditory Toolbox; peak picking by Boeck, Krebs and Schedl 2012.

Conventions: samples are mono, -1..1 [n]. A frame is one hop.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints

RATE = 22_050
HOP = 512
WINDOW = 2048
BANDS = 128
_FLOOR, _RANGE = 1e-10, 80.0
"""The least power, and the dynamic range in decibels."""
_DELTA = 0.07
"""How far a peak rises above the mean around it; the curve goes from 0 to 1."""


def validate(samples: npt.ArrayLike) -> None:
    """Raise ValueError unless the samples are a list of finite numbers."""
    array = np.asarray(samples)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"samples must be a list of finite numbers, not of shape {array.shape}")


def onset_times(samples: npt.ArrayLike) -> Floats:
    """The seconds of the onsets in sound at :data:`RATE`.

    Raises ValueError where :func:`validate` does.
    """
    return np.asarray(pick_peaks(onset_strength(samples)) * (HOP / RATE), np.float64)


def onset_strength(samples: npt.ArrayLike) -> Floats:
    """How much louder the mel bands become at each frame [n // HOP + 1], in decibels.

    Raises ValueError where :func:`validate` does.
    """
    validate(samples)
    sound = np.pad(np.asarray(samples, np.float32), WINDOW // 2)
    count = max(0, (len(sound) - WINDOW) // HOP + 1)
    power = np.empty((count, BANDS))
    # Periodic Hann.
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    filters = mel_filters().T
    for first in range(0, count, 1024):
        frames = np.arange(first, min(first + 1024, count))
        parts = sound[frames[:, None] * HOP + np.arange(WINDOW)]
        power[frames] = np.abs(np.fft.rfft(parts * window)) ** 2 @ filters
    level = 10 * np.log10(np.maximum(power, _FLOOR))
    level = np.maximum(level, level.max(initial=-np.inf) - _RANGE)
    rise = np.maximum(np.diff(level, axis=0), 0).mean(1)
    # A rise is noted at the middle of its window.
    return np.pad(rise, (1 + WINDOW // (2 * HOP), 0))[:count]


def mel_filters() -> Floats:
    """Triangular filters of the mel bands [BANDS, WINDOW // 2 + 1], each of unit area."""
    top = RATE / 2
    step = np.log(6.4) / 27
    highest = 15 + np.log(top / 1000) / step
    mels = np.linspace(0, highest, BANDS + 2)
    edges = np.where(mels < 15, 200 / 3 * mels, 1000 * np.exp(step * (mels - 15)))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    gaps = np.diff(edges)
    rising = (bins - edges[:-2, None]) / gaps[:-1, None]
    falling = (edges[2:, None] - bins) / gaps[1:, None]
    area = 2 / (edges[2:] - edges[:-2])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * area[:, None])


def pick_peaks(strength: Floats) -> Ints:
    """The frames of the onsets in a curve of onset strength [n].

    A peak is the greatest value within 30 ms before it, and exceeds the mean of 100 ms on either
    side. It comes more than 30 ms after the last one. Raises ValueError where :func:`validate`
    does.
    """
    validate(strength)
    curve = strength - strength.min(initial=np.inf)
    if not len(curve) or not curve.any():
        return np.zeros(0, np.int64)
    curve = curve / (curve.max() + np.finfo(np.float64).tiny)
    short, long = int(0.03 * RATE // HOP), int(0.10 * RATE // HOP)
    found, last = [], -np.inf
    for at, value in enumerate(curve):
        if value <= 0 or at - last <= short:
            continue
        mean = curve[max(0, at - long) : at + long + 1].mean()
        if value == curve[max(0, at - short) : at + 1].max() and value >= mean + _DELTA:
            found.append(at)
            last = at
    return np.array(found, np.int64)
