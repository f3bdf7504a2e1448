"""Reads sound as samples: of WAV, FLAC, MP3 and other files that FFmpeg's libraries know."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from engine.arrays import Floats
from engine.errors import EmsyncError

LONGEST = 4 * 3600.0
"""Seconds of sound that are read; more would not fit into memory."""


def read_sound(path: Path, rate: int) -> Floats:
    """The sound of a file as mono samples [n], -1..1, at ``rate`` a second.

    Channels are averaged. Raises EmsyncError for a file that can't be read or has no sound, and for
    sound that is too long.
    """
    parts: list[Floats] = []
    try:
        # FFmpeg gets bytes only, so a name is never taken for a protocol.
        with (
            path.open("rb") as file,
            av.open(file, "r", container_options={"protocol_whitelist": "none"}) as container,
        ):
            if not container.streams.audio:
                raise EmsyncError(f"{path}: has no sound; give an audio file")
            stream = container.streams.audio[0]
            resampler = av.AudioResampler("fltp", None, rate)
            left = int(LONGEST * rate)
            for frame in container.decode(stream):
                left -= _keep(parts, resampler.resample(frame))
                if left < 0:
                    raise EmsyncError(f"{path}: lasts more than {LONGEST / 3600:g} hours; cut it")
            _keep(parts, resampler.resample(None))
    except (OSError, av.FFmpegError, ValueError) as error:
        raise EmsyncError(f"{path}: no sound can be decoded; give a WAV or FLAC file") from error
    if not parts:
        raise EmsyncError(f"{path}: holds no sound; give another file")
    return np.concatenate(parts)


def _keep(parts: list[Floats], frames: list[av.AudioFrame]) -> int:
    """Append the mono samples of frames; returns how many there are."""
    for frame in frames:
        parts.append(frame.to_ndarray().mean(0, dtype=np.float64))
    return sum(frame.samples for frame in frames)
