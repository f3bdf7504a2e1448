"""One gain for the mix and all its stems: the level, a limiter and the end.

The same gain curve goes over every stem, so stems still add up to the mix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from export.sound.blocks import RATE, Sound

TARGET = -18.0
"""Loudness of a piece in LUFS: what music with peaks of 15 dB reaches below ``CEILING``."""
CEILING = -3.0
"""The highest peak in dBFS."""
MOST_LIMITED = 6.0
"""The most that the limiter lowers a peak, in dB; a piece with higher peaks is softer as a whole.
"""
WINDOW = 48
"""Frames of which the limiter knows the peak: 1 ms."""
_ATTACK, _RELEASE = 1.0, 0.04
"""How fast the limiter comes and goes, in dB a window."""
REACH_BACK, REACH = (
    (math.ceil(MOST_LIMITED / speed) + 1) * WINDOW for speed in (_ATTACK, _RELEASE)
)
"""Frames before and after a peak in which the limiter may lower the sound for its sake."""
FADE = 3.0
"""Seconds of the fade where the music does not end by itself."""
ENDED = 0.1
"""Music ends by itself if its last note ends at least so many seconds before the film."""


@dataclass(frozen=True, slots=True)
class Gain:
    """The gain of a whole piece.

    level: in dB. edges: gain of the limiter at the edge of each window, 0..1. frames: of the piece.
    fade: seconds of the fade at its end. ended: whether the music ends by itself; then the fade
    takes only what rings on after the last note.
    """

    level: float
    edges: Floats
    frames: int
    fade: float
    ended: bool

    @property
    def limited(self) -> float:
        """The most that the limiter takes away, in dB."""
        return abs(20 * math.log10(float(self.edges.min(initial=1.0))))

    def curve(self, start: int, size: int) -> Floats:
        """The gain [size] of the frames from ``start``, which is a multiple of ``WINDOW``."""
        limiter = limiter_curve(self.edges, start, size)
        left = self.frames - start - np.arange(size)
        share = np.clip(left / (self.fade * RATE), 0.0, 1.0)
        return 10 ** (self.level / 20) * limiter * np.sin(share * np.pi / 2) ** 2


def piece_gain(loudness: float, peaks: Floats, silence: float, frames: int) -> Gain:
    """The gain of a piece.

    loudness: in LUFS. peaks: of each window. silence: seconds from the end of the last note to the
    end of the film. frames: of the film.
    """
    fade, ended = ending(silence, frames)
    peak = float(peaks.max(initial=0.0))
    if peak <= 0.0 or not math.isfinite(loudness):
        return Gain(0.0, np.ones(len(peaks) + 1), frames, fade, ended)
    level = min(TARGET - loudness, CEILING + MOST_LIMITED - 20 * math.log10(peak))
    return Gain(level, limiter_edges(peaks, CEILING - level), frames, fade, ended)


def ending(silence: float, frames: int) -> tuple[float, bool]:
    """The seconds of the fade, and whether the music ends by itself. As for ``piece_gain``."""
    ended = silence >= ENDED
    return min(FADE, silence if ended else frames / RATE / 2), ended


def window_peaks(sound: Sound) -> Floats:
    """The peak of each window of stereo sound [n, 2]."""
    # NumPy's largest of two columns is slower.
    loud = np.maximum(np.abs(sound[:, 0]), np.abs(sound[:, 1]))
    windows = np.pad(loud, (0, -len(loud) % WINDOW)).reshape(-1, WINDOW)
    return windows.max(1).astype(float)


def limiter_edges(peaks: Floats, ceiling: float) -> Floats:
    """The gain of a limiter at the edge of each window, 0..1.

    peaks: of each window. ceiling: in dBFS.
    """
    over = 20 * np.log10(np.maximum(peaks, 1e-9)) - ceiling
    return np.asarray(10 ** (-_reduction(np.maximum(over, 0.0)) / 20))


def limiter_curve(edges: Floats, start: int, size: int) -> Floats:
    """The gain [size] of a limiter from the frame ``start``, which is a multiple of ``WINDOW``."""
    first, count = start // WINDOW, -(-size // WINDOW)
    before, after = edges[first : first + count], edges[first + 1 : first + count + 1]
    ramp = np.arange(WINDOW) / WINDOW
    return (before[:, None] + (after - before)[:, None] * ramp).reshape(-1)[:size]


def _reduction(over: Floats) -> Floats:
    """What the limiter takes away at the edges of windows, in dB. It is enough for the windows at
    both sides, and rises and falls at its own speed."""
    edges = np.maximum(np.append(over, 0.0), np.insert(over, 0, 0.0))
    count = np.arange(len(edges))
    falling = np.maximum.accumulate(edges + _RELEASE * count) - _RELEASE * count
    back = edges[::-1]
    rising = (np.maximum.accumulate(back + _ATTACK * count) - _ATTACK * count)[::-1]
    return np.maximum(falling, rising)
