"""Reads and replaces stretches of the WAV files that ``files`` writes.

Layout: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991).
"""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.files import replacing
from export.sound.blocks import RATE

FRAME = 6
"""Bytes of a frame: two samples of 24 bits."""

Steps = NDArray[np.int32]
"""Stereo sound [n, 2] in steps of 24 bits."""


@dataclass(frozen=True, slots=True)
class WavFile:
    """A file of stereo sound with 24 bits at ``RATE``.

    offset: of its first frame in the file, in bytes. frames: how many it has.
    """

    path: Path
    offset: int
    frames: int

    def read(self, start: int, end: int) -> Steps:
        """The sound from one frame to another. Raises OSError if it can't be read."""
        with self.path.open("rb") as file:
            file.seek(self.offset + start * FRAME)
            data = np.frombuffer(file.read((end - start) * FRAME), np.uint8)
        # The three bytes of a sample are the upper ones of four, so that its sign is kept.
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = data.reshape(-1, 3)
        return np.asarray(wide.view("<i4").reshape(-1, 2) >> 8, np.int32)

    def copy(self, path: Path, start: int, steps: Steps) -> None:
        """Write the file to ``path`` with other sound from a frame on; all else stays.

        Raises EmsyncError if ``path`` can't be written.
        """
        data = np.ascontiguousarray(steps, "<i4").view(np.uint8).reshape(-1, 4)[:, :3]
        with replacing(path) as beside:
            shutil.copyfile(self.path, beside)
            with beside.open("rb+") as file:
                file.seek(self.offset + start * FRAME)
                file.write(data.tobytes())


def open_wav(path: Path) -> WavFile | None:
    """A WAV file as ``files`` writes it; None for any other, and one larger than 4 GB."""
    try:
        with path.open("rb") as file:
            riff = file.read(12)
            if (riff[:4], riff[8:]) != (b"RIFF", b"WAVE"):
                return None
            form = b""
            while len(head := file.read(8)) == 8:
                name, size = struct.unpack("<4sI", head)
                if name == b"data":
                    left = path.stat().st_size - file.tell()
                    is_ours = _is_ours(form) and size <= left and size % FRAME == 0
                    return WavFile(path, file.tell(), size // FRAME) if is_ours else None
                if name == b"fmt ":
                    form = file.read(size)
                    file.seek(size % 2, 1)
                else:
                    file.seek(size + size % 2, 1)
    except (OSError, struct.error):
        return None
    return None


def _is_ours(form: bytes) -> bool:
    """Whether the chunk of a format says stereo, ``RATE`` and 24 bits."""
    if len(form) < 16:
        return False
    _, channels, rate, _, block, bits = struct.unpack("<HHIIHH", form[:16])
    return (channels, rate, block, bits) == (2, RATE, FRAME, 24)
