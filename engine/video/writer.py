"""Writes films: MPEG-4 video, which every FFmpeg can write and every player can read."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from engine.arrays import Image, Samples
from engine.video.sound import SOUND_RATE

_BLOCK = 1024
"""Samples of a frame of AAC."""
_QUANTISER = "3"
"""The same for every picture, on MPEG-4's scale from 1, the finest, to 31."""


def write_film(
    path: str | Path, images: Iterable[Image], fps: float = 24, sound: Samples | None = None
) -> None:
    """Write pictures to an MP4 file, one after the other, and sound beside them.

    images: BGR uint8 [height, width, 3] of one size, with even sides. The same pictures make the
    same bytes. sound: mono, ``SOUND_RATE`` samples a second. Raises OSError if ``path`` can't be
    written.
    """
    # An open file, because FFmpeg would take a name such as "C:film.mp4" for a protocol.
    with Path(path).open("wb") as file, av.open(file, "w", format="mp4") as container:
        rate = Fraction(fps).limit_denominator(1001)
        stream = container.add_stream(
            "mpeg4", rate, options={"qmin": _QUANTISER, "qmax": _QUANTISER}
        )
        stream.pix_fmt = "yuv420p"
        # More threads would cut pictures into slices, and the bytes would depend on the machine.
        stream.thread_count = 1
        track = None if sound is None else container.add_stream("aac", SOUND_RATE, layout="mono")
        for number, image in enumerate(images):
            if number == 0:
                stream.height, stream.width = image.shape[:2]
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
        if track is not None and sound is not None:
            for begin in range(0, len(sound), _BLOCK):
                block = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(sound[None, begin : begin + _BLOCK]), "fltp", "mono"
                )
                block.sample_rate, block.pts = SOUND_RATE, begin
                block.time_base = Fraction(1, SOUND_RATE)
                container.mux(track.encode(block))
            container.mux(track.encode())
