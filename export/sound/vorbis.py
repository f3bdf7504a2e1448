"""Decodes Vorbis."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray


# A process that renders one piece after another plays the same samples.
@lru_cache(maxsize=128)
def decode_vorbis(data: bytes) -> NDArray[np.int16]:
    """The samples [n] of an Ogg Vorbis stream; of several channels, the first.

    Raises ValueError where it does not decode.
    """
    try:
        with av.open(BytesIO(data), "r", format="ogg") as container:
            parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    except (av.FFmpegError, OSError, IndexError) as error:
        raise ValueError("a sample does not decode") from error
    if not parts:
        return np.zeros(0, np.int16)
    whole = np.concatenate(parts)
    found = np.clip(np.rint(whole * 32767.0), -32768, 32767).astype("<i2")
    found.flags.writeable = False
    return found
