"""Loudness by EBU R 128 (ITU-R BS.1770), as libavfilter measures it."""

from __future__ import annotations

import math

import av
import numpy as np

from export.sound.blocks import RATE, Sound

SILENT = -70.0
"""LUFS below which sound does not count (BS.1770-4, absolute gate)."""


class LoudnessMeter:
    """Measures sound that is pushed block by block."""

    def __init__(self) -> None:
        graph = av.filter.Graph()
        self._source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo")
        meter = graph.add("ebur128", "metadata=1:framelog=quiet")
        self._sink = graph.add("abuffersink")
        self._source.link_to(meter)
        meter.link_to(self._sink)
        graph.configure()
        self._graph = graph
        self._pushed = 0
        self._integrated = -math.inf

    def push(self, block: Sound) -> None:
        """Add sound [n, 2]."""
        if not len(block):
            return
        content = np.ascontiguousarray(block, dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(content, format="flt", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = self._pushed
        self._pushed += len(block)
        self._source.push(frame)
        self._pull()

    def _pull(self) -> None:
        while True:
            try:
                frame = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            text = frame.metadata.get("lavfi.r128.I")
            if text is not None:
                self._integrated = float(text)

    @property
    def integrated(self) -> float:
        """The loudness of everything so far in LUFS; minus infinity for silence.

        It covers whole tenths of a second. Sound below ``SILENT`` counts as silence.
        """
        return self._integrated if self._integrated > SILENT else -math.inf
