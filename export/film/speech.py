"""Where somebody speaks in a film's own sound."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.emotion.spoken import joined
from export.sound.blocks import RATE, Sound

Region = tuple[float, float]
"""From and to, in seconds."""
_HOP = RATE // 25
_BAND = (300.0, 3400.0)
"""Hz: the band of the telephone, which carries speech."""
_SHARE = 0.5
"""The least share of the band in the power above 60 Hz."""
_ABOVE = 9.0
"""How far speech lies above the background, in dB."""
_LEAST = -50.0
"""The least level of speech, in dBFS."""


def speech_regions(sound: Iterable[Sound]) -> tuple[Region, ...]:
    """The stretches of speech in a film's sound, rising, in seconds from its first frame.

    sound: blocks [n, 2] at ``RATE``. A detector by energy: it takes what stands out from the
    background in the band of speech, so a solo instrument there counts too.
    """
    levels, shares = [], []
    rest = np.zeros(0)
    for block in sound:
        rest = np.concatenate([rest, block.mean(1)])
        count = len(rest) // _HOP
        windows = rest[: count * _HOP].reshape(count, _HOP)
        rest = rest[count * _HOP :]
        power = np.abs(np.fft.rfft(windows * np.hanning(_HOP), axis=1)) ** 2
        frequencies = np.fft.rfftfreq(_HOP, 1 / RATE)
        band = power[:, (frequencies >= _BAND[0]) & (frequencies <= _BAND[1])].sum(1)
        whole = power[:, frequencies >= 60.0].sum(1)
        # The window's energy and Parseval's theorem turn power into the square of the level.
        levels.append(10 * np.log10(2 * band / (_HOP * (np.hanning(_HOP) ** 2).sum()) + 1e-12))
        shares.append(band / (whole + 1e-12))
    if not levels:
        return ()
    level, share = np.concatenate(levels), np.concatenate(shares)
    if not len(level):
        return ()
    background = float(np.percentile(level, 15))
    found = (level > max(background + _ABOVE, _LEAST)) & (share > _SHARE)
    return _regions(found)


def _regions(found: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Region, ...]:
    """The stretches of windows that are marked, with short pauses filled."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], found.astype(np.int8), [0]])))
    return joined([(start, end) for start, end in (edges.reshape(-1, 2) * (_HOP / RATE)).tolist()])
