"""Reads films as small frames with the times that a player shows.

No frame is kept, so memory is constant for any length. Each frame is decoded and reduced once for
all analyses. A frame's time is its presentation stamp less the start time of its container, as in
ffplay and mpv.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from engine.arrays import Image
from engine.cues import Video
from engine.errors import EmsyncError
from engine.timecode import Clock, rate_near
from engine.video.container import (
    READ_ERRORS,
    is_picture,
    opened,
    packets,
    packets_of_all,
    steady,
    undecodable,
)
from engine.video.picture import Reducer, orientation
from engine.video.sound import Sound, SoundDecoder
from engine.video.timing import FrameClock, film_end, frame_rate, read_header, stamp_of, start_of

IMAGE_SIZE = 160
"""The longer side of a frame's reduced image, in pixels."""

SHORTEST = 1.0
"""The shortest film that can be scored, in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame.

    time: seconds of the file. image: BGR uint8 [height, width, 3], upright; if reduced, with a
    longer side of at most ``IMAGE_SIZE`` pixels. larger: makes an upright image with a longer side
    of at most that many pixels.
    """

    time: float
    image: Image
    larger: Callable[[int], Image] | None = None

    def picture(self, side: int) -> Image:
        """The upright image with a longer side of at most ``side`` pixels, where it can be made."""
        if side <= IMAGE_SIZE or self.larger is None:
            return self.image
        return self.larger(side)


def open_video(path: str | Path) -> VideoReader:
    """Open a film.

    Raises EmsyncError for a file that is missing, no film, or shorter than ``SHORTEST``. Pipes are
    refused too, since a film is read more than once.
    """
    path = Path(path)
    if path.is_dir():
        raise EmsyncError(f"{path}: is a folder; give a video file")
    if not path.exists():
        raise EmsyncError(f"{path}: no such file; check the path")
    if not path.is_file():
        raise EmsyncError(f"{path}: is a pipe or a device; save the film as a file, and give that")
    if not os.access(path, os.R_OK):
        raise EmsyncError(f"{path}: can't be read; check its permissions")
    if path.stat().st_size == 0:
        raise EmsyncError(f"{path}: is empty; give a video file")
    return VideoReader(path)


class VideoReader:
    """A film that can be read any number of times, from any time on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with opened(path) as film:
            first = next(chain.from_iterable(map(frames_of, packets(film))), None)
            if first is None:
                raise undecodable(path)
            self._zero = start_of(film, first)
            self._fps = frame_rate(film)
            self._header = read_header(film, self._zero)
            self._timecode = _usable(film.timecode, self._fps)
            self._may_restart = film.may_restart
            self._has_stamps = film.has_stamps and stamp_of(first) is not None
        self._orientation = orientation(first)
        scale = min(1.0, IMAGE_SIZE / max(first.width, first.height))
        self._reduced = tuple(max(1, round(side * scale)) for side in (first.width, first.height))
        size = first.width, first.height
        self._width, self._height = reversed(size) if self._orientation.transposed else size
        self._reducers: dict[tuple[int, ...], Reducer] = {}
        self._end: tuple[float, float] | None = None
        if self._header.whole < SHORTEST:
            for each in self._decode(0.0):
                if not isinstance(each, Sound) and each[0] >= SHORTEST:
                    break

    @property
    def fps(self) -> float:
        """Nominal frames a second, from the header."""
        return self._fps

    @property
    def zero(self) -> Fraction:
        """The stamp of the film's second 0, in seconds."""
        return self._zero

    @property
    def video(self) -> Video:
        """The film's metadata; its duration is the end of the last frame.

        Before a pass to the end, this decodes the film's tail to find the duration.
        """
        duration, _ = self._measure()
        return Video(
            str(self._path), duration, self._fps, self._width, self._height, self._timecode
        )

    @property
    def missing(self) -> float:
        """Seconds of picture that the header promises and the file has lost, as a broken download.

        Up to half a second counts as 0.
        """
        return self._measure()[1]

    def frames(
        self,
        start: float = 0.0,
        end: float = math.inf,
        progress: Callable[[float], None] | None = None,
        sound: Callable[[Sound], None] | None = None,
    ) -> Iterator[Frame]:
        """The frames, reduced, from ``start`` up to, not at, ``end`` (seconds of the file).

        progress: receives the share that is done, 0..1, after each frame. sound: receives the sound
        of the same stretch in blocks, from ``start`` without gaps, in the same pass; none if the
        film has none. Raises EmsyncError if the file has no frame there or turns out shorter than
        ``SHORTEST``.
        """
        return self._shown(Reducer(*self._reduced), start, end, progress, sound)

    def whole_frames(
        self,
        start: float = 0.0,
        end: float = math.inf,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[Frame]:
        """The frames as ``frames`` yields them, but in their full size."""

        def whole(frame: av.VideoFrame) -> Image:
            return np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)

        return self._shown(whole, start, end, progress)

    def _shown(
        self,
        image: Callable[[av.VideoFrame], Image],
        start: float,
        end: float,
        progress: Callable[[float], None] | None,
        sound: Callable[[Sound], None] | None = None,
    ) -> Iterator[Frame]:
        goal = min(end, self._header.whole or end) - start
        shown = False
        with closing(self._decode(start, sound is not None)) as decoded:
            for each in decoded:
                if isinstance(each, Sound):
                    block = each.within(start, end)
                    if sound and len(block.samples):
                        sound(block)
                    continue
                time, frame = each
                if time >= end:
                    break
                if time < start:
                    continue
                shown = True
                upright = self._orientation.upright(image(frame))
                yield Frame(time, upright, partial(self._larger, frame))
                if progress:
                    progress(min(1.0, max(0.0, (time - start) / goal)) if goal > 0 else 0.0)
        if not shown:
            raise EmsyncError(
                f"{self._path}: has no frame from {start:g} s "
                + ("on" if end == math.inf else f"to {end:g} s")
                + f"; it lasts {self._measure()[0]:.3f} s"
            )
        if progress:
            progress(1.0)

    def _larger(self, frame: av.VideoFrame, side: int) -> Image:
        """A frame as an upright image with a longer side of at most ``side`` pixels."""
        scale = min(1.0, side / max(frame.width, frame.height))
        size = tuple(max(1, round(each * scale)) for each in (frame.width, frame.height))
        if size not in self._reducers:
            self._reducers[size] = Reducer(*size)
        return self._orientation.upright(self._reducers[size](frame))

    @cached_property
    def seekable(self) -> bool:
        """Whether a seek finds the times of a pass from the beginning."""
        if not self._has_stamps:
            return False
        if not self._may_restart:
            return True
        with opened(self._path) as film:
            return steady(film)

    def _decode(
        self, start: float, with_sound: bool = False
    ) -> Generator[tuple[float, av.VideoFrame] | Sound]:
        """Each frame with its time, from ``start`` or shortly before it until the end, and sound.

        At the end of the file the film's duration becomes known.
        """
        margin = 1.0
        while margin < start and self.seekable:
            with closing(self._pass(start - margin, start, with_sound)) as decoded:
                early: list[Sound] = []
                for each in decoded:
                    if isinstance(each, Sound):
                        early.append(each)
                    elif each[0] <= start:
                        yield from early
                        yield each
                        yield from decoded
                        return
                    else:
                        break
            margin *= 4
        yield from self._pass(None, start, with_sound)

    def _pass(
        self, seek: float | None, start: float, with_sound: bool
    ) -> Generator[tuple[float, av.VideoFrame] | Sound]:
        """Each frame with its time, from the key frame before ``seek`` seconds, and sound."""
        with opened(self._path, with_sound) as film:
            sound = SoundDecoder(film.sound, self._zero, start) if film.sound else None
            if seek is not None:
                stamp = int((Fraction(seek) + self._zero) / film.time_base)
                try:
                    film.container.seek(stamp, stream=film.stream)
                except READ_ERRORS:
                    return
            clock, coded = FrameClock(film, self._zero), -math.inf
            for packet in packets_of_all(film):
                if not is_picture(packet):
                    if sound:
                        yield from sound.decode(cast("Packet[AudioStream]", packet))
                    continue
                if packet.pts is not None and not packet.is_discard:
                    coded = max(coded, clock.seconds(packet.pts + (packet.duration or 0)))
                for frame in frames_of(packet):
                    yield clock.show(frame), frame
        if self._end is None and clock.last > -math.inf:
            self._end = film_end(self._path, self._zero, self._header, clock, coded)
            if self._end[0] < SHORTEST:
                raise EmsyncError(
                    f"{self._path}: lasts {self._end[0]:.2f} s; "
                    f"a film to score lasts at least {SHORTEST:g} s"
                )

    def _measure(self) -> tuple[float, float]:
        """The duration, and what is missing; found from the film's tail unless a pass did."""
        if self._end is None:
            for _ in self._decode(max(0.0, self._header.whole - 1.0)):
                pass
        if self._end is None:
            raise EmsyncError(f"{self._path}: no longer decodes; is it being written?")
        return self._end


def _usable(label: str | None, fps: float) -> str | None:
    """A stored timecode, if the frame rate has it."""
    try:
        Clock(rate_near(fps), label)
    except ValueError:
        return None
    return label


def frames_of(packet: Packet[VideoStream]) -> list[av.VideoFrame]:
    """The frames that a packet completes; none if it is broken."""
    try:
        return packet.decode()
    except (*READ_ERRORS, ValueError):
        return []
