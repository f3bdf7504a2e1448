"""A small room: reverb by convolution with a generated impulse response.

The response is decaying noise, whose high frequencies die away first, after a short delay
(J. A. Moorer, About This Reverberation Business, Computer Music Journal 3(2), 1979).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from export.sound.blocks import BLOCK, RATE, Sound

_SIZE = 1 << 18
"""Length of the Fourier transform: room for a block and the response."""
LENGTH = _SIZE - BLOCK
"""Frames that the room goes on sounding."""
_DELAY = 0.012
"""Seconds before the first reflection."""
_BANDS = ((0.0, 250.0, 1.1), (250.0, 2000.0, 1.3), (2000.0, 6000.0, 0.9), (6000.0, 16000.0, 0.5))
"""From and to in Hz, and the seconds in which the band falls by 60 dB."""


@cache
def _response() -> NDArray[np.complexfloating]:
    """The spectrum of the response [2, bins], of unit energy a channel."""
    random = np.random.default_rng(22)
    times = np.arange(LENGTH) / RATE
    frequencies = np.fft.rfftfreq(LENGTH, 1 / RATE)
    response = np.zeros((2, LENGTH))
    for low, high, fall in _BANDS:
        noise = np.fft.rfft(random.standard_normal((2, LENGTH)))
        noise[:, (frequencies < low) | (frequencies >= high)] = 0.0
        response += np.fft.irfft(noise, LENGTH) * 10 ** (-3 * times / fall)
    response = np.roll(response, round(_DELAY * RATE), axis=1)
    response[:, : round(_DELAY * RATE)] = 0.0
    response /= np.sqrt((response**2).sum(1, keepdims=True))
    return np.fft.rfft(response, _SIZE).astype(np.complex64)


class Room:
    """The reverb of one part, block by block."""

    def __init__(self) -> None:
        self._tail = np.zeros((_SIZE - BLOCK, 2), np.float32)

    def feed(self, block: Sound) -> Sound:
        """The reverb [n, 2] while a block [n, 2] of at most ``BLOCK`` frames sounds."""
        # NumPy's mean of two columns is ten times slower.
        both = ((block[:, 0] + block[:, 1]) / 2).astype(np.float32)
        spectrum = np.fft.rfft(both, _SIZE)
        wet = np.fft.irfft(spectrum * _response(), _SIZE).T.astype(np.float32)
        wet[: len(self._tail)] += self._tail
        self._tail = wet[len(block) : len(block) + len(self._tail)].copy()
        missing = _SIZE - BLOCK - len(self._tail)
        if missing > 0:
            self._tail = np.concatenate([self._tail, np.zeros((missing, 2), np.float32)])
        return wet[: len(block)]
