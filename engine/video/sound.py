"""Decodes the sound of a film to blocks of mono samples that follow without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.packet import Packet

from engine.arrays import Samples
from engine.video.container import READ_ERRORS

SOUND_RATE = 16_000
"""Samples a second."""

_TOLERANCE = 0.05
"""The most that a block may lie off its place, in seconds; stamps are often rounded."""
_LONGEST_GAP = 6 * 3600.0
"""Seconds. A stamp after a longer gap is wrong, and its block is left out."""
_BLOCK = SOUND_RATE
"""Samples of a block of silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A block of sound.

    time: of the first sample, in seconds of the file. samples: mono, -1..1, ``SOUND_RATE`` a
    second.
    """

    time: float
    samples: Samples

    @property
    def end(self) -> float:
        """The time after the last sample, in seconds of the file."""
        return self.time + len(self.samples) / SOUND_RATE

    def within(self, start: float, end: float) -> Sound:
        """The part of the block from ``start`` to ``end`` seconds; it may be empty."""
        length = len(self.samples)
        first, last = (
            min(length, max(0, round((time - self.time) * SOUND_RATE)))
            if time < self.end
            else length
            for time in (start, end)
        )
        return Sound(self.time + first / SOUND_RATE, self.samples[first:last])


class SoundDecoder:
    """Decodes the packets of one stream of sound, from the first one that it receives.

    Channels are averaged. A gap is filled with silence. Sound that overlaps what came before, and
    sound that does not decode, is left out.
    """

    def __init__(self, stream: AudioStream, zero: Fraction, start: float) -> None:
        """zero: the container's start. start: the time of the first sample; both in seconds."""
        self._base = stream.time_base or Fraction(1, stream.rate or SOUND_RATE)
        self._zero = zero
        self._start = start
        self._count = 0
        self._resampler = _resampler()

    def decode(self, packet: Packet[AudioStream]) -> Iterator[Sound]:
        """The blocks that a packet completes."""
        try:
            frames = packet.decode()
        except (*READ_ERRORS, ValueError):
            return
        for frame in frames:
            yield from self._place(frame)
        if packet.size == 0:
            yield from self._blocks(self._resampled(None))

    def _place(self, frame: av.AudioFrame) -> Iterator[Sound]:
        """The frame at its time, after the silence that is missing before it."""
        time = self._due if frame.pts is None else float(frame.pts * self._base - self._zero)
        gap = time - self._due
        first = self._count == 0
        end = time + frame.samples / (frame.sample_rate or SOUND_RATE)
        if gap > _LONGEST_GAP or (end <= self._start if first else gap < -_TOLERANCE):
            return
        if first and gap < 0:
            # The reader cuts off what is too early.
            self._start = time
        elif gap > (0 if first else _TOLERANCE):
            yield from self._blocks(self._resampled(None))
            yield from self._silence(time)
        yield from self._blocks(self._resampled(frame))

    @property
    def _due(self) -> float:
        """The time after the last sample."""
        return self._start + self._count / SOUND_RATE

    def _resampled(self, frame: av.AudioFrame | None) -> list[Samples]:
        """The samples that a frame completes; None ends the resampler, and the next begins one."""
        try:
            frames = self._resampler.resample(frame)
        except (*READ_ERRORS, ValueError):
            # A stream may change its form.
            self._resampler = _resampler()
            frames = [] if frame is None else self._resampler.resample(frame)
        if frame is None:
            self._resampler = _resampler()
        return [each.to_ndarray().reshape(-1).astype(np.float32) for each in frames]

    def _silence(self, until: float) -> Iterator[Sound]:
        """Silence up to a time."""
        missing = round((until - self._due) * SOUND_RATE)
        while missing > 0:
            count = min(missing, _BLOCK)
            missing -= count
            yield from self._blocks([np.zeros(count, np.float32)])

    def _blocks(self, parts: list[Samples]) -> Iterator[Sound]:
        for samples in parts:
            if len(samples):
                time = self._due
                self._count += len(samples)
                # Broken streams decode to values that are no numbers.
                yield Sound(time, np.clip(np.nan_to_num(samples), -1, 1))


def _resampler() -> av.AudioResampler:
    return av.AudioResampler("flt", "mono", SOUND_RATE)
