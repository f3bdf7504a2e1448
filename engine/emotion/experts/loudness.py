"""Loudness and brightness of sound, in rows of a tenth of a second.

Loudness is K-weighted as in ITU-R BS.1770-5: a shelf for the head and a high-pass filter. The
weighting is applied to the power spectrum, so that no recursive filter is needed.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats, Samples
from engine.emotion.experts.expert import SOUND_RATE

ROW = SOUND_RATE // 10
"""Samples in a row."""

ROWS_A_SECOND = SOUND_RATE // ROW

SILENCE = -70.0
"""LUFS at or below which a row is silent: the absolute gate of BS.1770-5."""

_OFFSET = -0.691
_RATE = 48_000
"""Samples a second for which the standard gives its coefficients."""
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
_FREQUENCIES: Floats = np.fft.rfftfreq(2 * ROW, 1 / SOUND_RATE).astype(np.float64)
_WINDOW = np.hanning(2 * ROW + 1)[:-1]


def _response(
    feed: tuple[float, float, float], back: tuple[float, float], frequencies: Floats
) -> Floats:
    """The squared magnitude of a second-order filter at frequencies in hertz."""
    delay = np.exp(-2j * np.pi * frequencies / _RATE)
    top = feed[0] + feed[1] * delay + feed[2] * delay**2
    return np.asarray(np.abs(top / (1 + back[0] * delay + back[1] * delay**2)) ** 2)


_WEIGHTS = _response(*_SHELF, _FREQUENCIES) * _response(*_HIGH_PASS, _FREQUENCIES)


def measure(samples: Samples) -> tuple[Floats, Floats]:
    """(loudness in LUFS, brightness in hertz) of each row.

    samples: [rows * ROW + ROW], so that each window of two rows is whole; it overlaps the next by
    half. Brightness is the centroid of the weighted spectrum, 0 where there is no sound. Loudness
    is at least ``SILENCE``. Both have the shape [rows].
    """
    windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * ROW)[::ROW]
    power = np.abs(np.fft.rfft(windows * _WINDOW, axis=1)) ** 2 * _WEIGHTS
    total = power.sum(1)
    # One half of the spectrum holds half of the power.
    mean_square = 2 * total / (2 * ROW * (_WINDOW**2).sum())
    loudness = _OFFSET + 10 * np.log10(np.maximum(mean_square, 1e-12))
    centroid = (power @ _FREQUENCIES) / np.maximum(total, 1e-12)
    return np.maximum(loudness, SILENCE), centroid


class LoudnessMeter:
    """Measures a film's sound block by block; keeps less than three rows of it."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)

    def push(self, samples: Samples) -> tuple[Floats, Floats]:
        """What :func:`measure` gives for the rows that ``samples`` completes."""
        self._rest = np.concatenate([self._rest, samples])
        rows = max(self._rest.size // ROW - 1, 0)
        if not rows:
            return np.zeros(0), np.zeros(0)
        measured = measure(self._rest[: (rows + 1) * ROW])
        self._rest = self._rest[rows * ROW :]
        return measured

    def finish(self) -> tuple[Floats, Floats]:
        """The last rows, as if silence followed."""
        if not self._rest.size:
            return np.zeros(0), np.zeros(0)
        rows = -(-self._rest.size // ROW)
        padded = np.zeros((rows + 1) * ROW, np.float32)
        padded[: self._rest.size] = self._rest
        self._rest = self._rest[:0]
        return measure(padded)
