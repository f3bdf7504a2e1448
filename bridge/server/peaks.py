"""A summary of a sound file for drawing: its lowest and highest samples, stretch by stretch."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from engine.arrays import Ints
from engine.errors import EmsyncError

MOST_POINTS = 20_000
"""Stretches of a summary."""


def peaks_json(path: Path, points: int) -> dict[str, Any]:
    """The summary of a file in ``points`` stretches, as JSON.

    ``low`` and ``high``: one number a stretch, -100..100, where 100 is full scale.
    ``duration``: in seconds. Raises EmsyncError for a file without sound.
    """
    status = path.stat()
    low, high, duration = _peaks(path, points, status.st_size, status.st_mtime_ns)
    return {"duration": duration, "low": low.tolist(), "high": high.tolist()}


@lru_cache(maxsize=32)
def _peaks(path: Path, points: int, size: int, changed: int) -> tuple[Ints, Ints, float]:
    """size, changed: of the file; another version of it is another key of the cache."""
    lows: list[np.ndarray] = []
    highs: list[np.ndarray] = []
    try:
        with path.open("rb") as file, av.open(file, "r") as container:
            if not container.streams.audio:
                raise EmsyncError(f"{path.name}: has no sound")
            stream = container.streams.audio[0]
            rate, length = stream.rate, _seconds(stream)
            # Some samples a point at first, so that only these stay in memory.
            step = max(1, int(length * rate / (4 * points)))
            resampler = av.AudioResampler("fltp", None, rate, frame_size=step)
            total = 0
            for frame in container.decode(stream):
                for block in resampler.resample(frame):
                    total += _keep(block, lows, highs)
            for block in resampler.resample(None):
                total += _keep(block, lows, highs)
    except (OSError, ValueError, av.FFmpegError) as error:
        raise EmsyncError(f"{path.name}: its sound can't be read ({error})") from error
    if not total:
        raise EmsyncError(f"{path.name}: holds no sound")
    edges = np.unique(np.linspace(0, len(lows), min(points, len(lows)), endpoint=False).astype(int))
    low = np.minimum.reduceat(np.array(lows), edges)
    high = np.maximum.reduceat(np.array(highs), edges)
    return _percent(low), _percent(high), total / rate


def _keep(block: av.AudioFrame, lows: list[np.ndarray], highs: list[np.ndarray]) -> int:
    samples = block.to_ndarray()
    lows.append(samples.min())
    highs.append(samples.max())
    return block.samples


def _percent(values: np.ndarray) -> Ints:
    return np.rint(np.clip(values, -1, 1) * 100).astype(np.int64)


def _seconds(stream: av.audio.stream.AudioStream) -> float:
    if stream.duration is None or stream.time_base is None:
        return 0.0
    return float(stream.duration * stream.time_base)
