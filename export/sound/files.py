"""Writes sound as 24-bit WAV or FLAC files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from export.sound.blocks import RATE, Sound

Format = Literal["wav", "flac"]
_CODECS = {"wav": "pcm_s24le", "flac": "flac"}
SCALE = 1 << 23
"""Steps of full scale."""


def to_steps(block: Sound) -> NDArray[np.int32]:
    """Sound [n, 2], -1..1, in steps of 24 bits."""
    return np.clip(np.rint(block * SCALE), -SCALE, SCALE - 1).astype(np.int32)


class SoundFile:
    """A file of stereo sound at ``RATE``, written block by block. Equal sound gives equal bytes."""

    def __init__(self, path: Path, form: Format, seconds: float = 0.0) -> None:
        """seconds: of the first frame since midnight, as BWF stores it, in WAV alone.

        Raises OSError if ``path`` can't be written.
        """
        self._file = path.open("wb")
        # RF64 where a file grows beyond 4 GB.
        options = {"rf64": "auto", "write_bext": "1"} if form == "wav" else {}
        options["fflags"] = "+bitexact"
        self._container = av.open(self._file, "w", format=form, options=options)
        if form == "wav":
            self._container.metadata["time_reference"] = str(round(seconds * RATE))
        stream = self._container.add_stream(_CODECS[form], RATE, layout="stereo")
        assert isinstance(stream, AudioStream)
        self._stream = stream
        self._stream.format = "s32"
        self._written = 0

    def write(self, block: Sound) -> Sound:
        """Append sound [n, 2], -1..1; returns it as it is written, rounded to 24 bits."""
        steps = to_steps(block)
        content = (steps << 8).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(content), format="s32", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._written, Fraction(1, RATE)
        self._written += len(block)
        self._container.mux(self._stream.encode(frame))
        return steps / SCALE

    def close(self) -> None:
        """Finish the file."""
        with self._file:
            self._container.mux(self._stream.encode(None))
            self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
