"""The sound that a film has, and a mix of it with the new music."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Discard

from engine.arrays import Floats
from engine.video.container import READ_ERRORS, opened
from export.film.speech import Region
from export.sound.blocks import RATE, Sound, in_blocks
from export.sound.gain import WINDOW, limiter_curve, limiter_edges

DUCKED = -12.0
"""What the music is lowered by under speech, in dB."""
_RAMP = 0.4
"""Seconds in which the music gives way before speech, and comes back after it."""
_GAP = RATE // 50
"""Frames by which stamps may differ from the sound so far; containers round them."""
CEILING = -1.0
"""The highest peak of the mix with the original sound, in dBFS."""


def has_sound(path: Path) -> bool:
    """Whether a film has sound of its own. Raises EmsyncError for a file that is no film."""
    with opened(path) as film:
        return bool(film.container.streams.audio)


def original_sound(path: Path, zero: Fraction, start: float, frames: int) -> Generator[Sound]:
    """A film's own sound in blocks, ``frames`` in all, at ``RATE``.

    zero: the stamp of the film's second 0. start: where to begin, in seconds of the film. Where the
    film has no sound, or it does not decode, there is silence.
    """
    with closing(_stamped(path, zero, start)) as sound:
        yield from in_blocks(sound, frames)


def _stamped(path: Path, zero: Fraction, start: float) -> Generator[Sound]:
    """The sound from ``start`` on, with silence where its stamps leave a gap."""
    with opened(path) as film:
        streams = film.container.streams
        if not streams.audio:
            return
        stream = streams.audio[0]
        film.stream.discard, stream.discard = Discard.all, Discard.default
        if start > 1.0 and film.has_stamps and not film.may_restart:
            film.container.seek(int((Fraction(start) + zero - 1) * 1_000_000))
        resampler = av.AudioResampler("flt", "stereo", RATE)
        done: int | None = None
        origin = Fraction(start) + zero
        for frame in _decoded(film.container, stream):
            if frame.pts is not None and frame.time_base is not None:
                at = round((frame.pts * frame.time_base - origin) * RATE)
                if done is None:
                    done = at
                    if at > 0:
                        yield np.zeros((at, 2), np.float32)
                elif at - done > _GAP:
                    yield np.zeros((at - max(done, 0), 2), np.float32)
                    done = at
            done = 0 if done is None else done
            frame.pts = None
            for ready in resampler.resample(frame):
                sound = ready.to_ndarray().astype(np.float32, copy=False).reshape(-1, 2)
                before = max(0, -done)
                done += len(sound)
                if before < len(sound):
                    yield sound[before:]


def _decoded(
    container: av.container.InputContainer, stream: av.AudioStream
) -> Iterator[av.AudioFrame]:
    """The frames of a stream; a packet that does not decode is left out."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except READ_ERRORS:
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except (*READ_ERRORS, ValueError):
            continue


def with_original(
    music: Iterable[Sound], original: Iterable[Sound], level: float, speech: Sequence[Region]
) -> Iterator[Sound]:
    """Music over a film's own sound, lowered under speech.

    music, original: blocks of the same sizes. level: of the original sound, in dB. speech: seconds
    from the first frame.
    """
    start = 0
    for block, own in zip(music, original, strict=True):
        gain = _ducking(speech, start, len(block))
        yield block * gain[:, None] + own * np.float32(10 ** (level / 20))
        start += len(block)


def _ducking(speech: Sequence[Region], start: int, size: int) -> Floats:
    """The gain of the music [size] from a frame on."""
    points, levels = [-1e9], [0.0]
    for begin, end in speech:
        # Where two regions are near, the music stays down between them.
        points += [max(begin - _RAMP, points[-1]), begin, end, end + _RAMP]
        levels += [levels[-1] if begin - _RAMP < points[-5] else 0.0, DUCKED, DUCKED, 0.0]
    seconds = (start + np.arange(size)) / RATE
    return np.asarray(10 ** (np.interp(seconds, np.maximum.accumulate(points), levels) / 20))


def peaks_of(sound: Iterable[Sound]) -> Floats:
    """The peak of each window of the limiter."""
    found = [np.zeros(0)]
    for block in sound:
        loud = np.maximum(np.abs(block[:, 0]), np.abs(block[:, 1]))
        found.append(np.pad(loud, (0, -len(loud) % WINDOW)).reshape(-1, WINDOW).max(1))
    return np.concatenate(found)


def limited(sound: Iterable[Sound], peaks: Floats) -> Generator[Sound]:
    """Sound with no peak above ``CEILING``. peaks: of its windows."""
    edges = limiter_edges(peaks, CEILING)
    start = 0
    for block in sound:
        yield block * limiter_curve(edges, start, len(block))[:, None]
        start += len(block)
