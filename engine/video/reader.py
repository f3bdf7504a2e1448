"""Reads films as small frames with the times of their container.

OpenCV's own FFmpeg decodes, and no frame is kept, so memory is constant for any length. Each frame
is decoded and reduced once for all analyses.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Image
from engine.cues import Video
from engine.errors import EmsyncError

IMAGE_SIZE = 160
"""The longer side of a frame's reduced image, in pixels."""

SHORTEST = 1.0
"""The shortest film that can be scored, in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame.

    time: seconds of the file. image: BGR uint8 [height, width, 3], upright, with a longer side of
    at most ``IMAGE_SIZE`` pixels.
    """

    time: float
    image: Image


def open_video(path: str | Path) -> VideoReader:
    """Open a film.

    Raises EmsyncError for a file that is missing, no film, or shorter than ``SHORTEST``.
    """
    path = Path(path)
    if path.is_dir():
        raise EmsyncError(f"{path}: is a folder; give a video file")
    if not path.exists():
        raise EmsyncError(f"{path}: no such file; check the path")
    if not os.access(path, os.R_OK):
        raise EmsyncError(f"{path}: can't be read; check its permissions")
    if path.stat().st_size == 0:
        raise EmsyncError(f"{path}: is empty; give a video file")
    return VideoReader(path)


def hush() -> None:
    """Keep FFmpeg and OpenCV from printing messages of their own.

    Call it before the process opens or writes its first film, because FFmpeg reads the setting only
    then.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class VideoReader:
    """A film that can be read any number of times, from any time on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        capture = self._open()
        decoded, image = capture.read()
        if not decoded:
            raise EmsyncError(f"{path}: no picture can be decoded; give a video file that plays")
        self._height, self._width = image.shape[:2]
        scale = min(1.0, IMAGE_SIZE / max(self._width, self._height))
        self._reduced = (max(1, round(self._width * scale)), max(1, round(self._height * scale)))
        self._fps = capture.get(cv2.CAP_PROP_FPS)
        count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self._header_duration = max(0.0, count / self._fps) if self._fps > 0 else 0.0
        self._duration: float | None = None
        if self._header_duration < SHORTEST:
            for _ in self._decode(0.0, SHORTEST):
                pass

    @property
    def fps(self) -> float:
        """Nominal frames a second, from the header."""
        return self._fps

    @property
    def video(self) -> Video:
        """The film's metadata; its duration is the end of the last frame.

        Before a pass to the end, this decodes the film's tail to find the duration.
        """
        return Video(str(self._path), self._measure(), self._fps, self._width, self._height)

    @property
    def missing(self) -> float:
        """Seconds between the last frame that decodes and the duration in the header.

        Truncated files and sound that outlasts the picture have some. Up to half a second counts
        as 0.
        """
        missing = self._header_duration - self._measure()
        return missing if missing > 0.5 else 0.0

    def frames(
        self,
        start: float = 0.0,
        end: float = math.inf,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[Frame]:
        """The frames with times from ``start`` up to, not at, ``end`` (seconds of the file).

        progress: receives the share that is done, 0..1, after each frame. Raises EmsyncError if the
        file has no frame there or turns out shorter than ``SHORTEST``.
        """
        goal = min(end, self._header_duration or end) - start
        shown = False
        for time, capture in self._decode(start, end):
            decoded, image = capture.retrieve()
            if not decoded:
                continue
            shown = True
            yield Frame(time, self._reduce(np.asarray(image, dtype=np.uint8)))
            if progress:
                progress(min(1.0, max(0.0, (time - start) / goal)) if goal > 0 else 0.0)
        if not shown:
            raise EmsyncError(
                f"{self._path}: has no frame from {start:g} s "
                + ("on" if end == math.inf else f"to {end:g} s")
                + f"; it lasts {self._measure():.3f} s"
            )
        if progress:
            progress(1.0)

    def _open(self) -> cv2.VideoCapture:
        hush()
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        return capture

    def _open_before(self, time: float) -> cv2.VideoCapture:
        """A capture whose next frame is at or before ``time``.

        It is shortly before ``time`` if the container can seek.
        """
        margin = 1.0
        while margin < time:
            capture = self._open()
            capture.set(cv2.CAP_PROP_POS_MSEC, (time - margin) * 1000)
            if capture.grab() and capture.get(cv2.CAP_PROP_POS_MSEC) / 1000 < time:
                return capture
            margin *= 4
        return self._open()

    def _decode(self, start: float, end: float) -> Iterator[tuple[float, cv2.VideoCapture]]:
        """Each frame's time from ``start`` until ``end``, with the capture to retrieve it from.

        At the end of the file the film's duration becomes known.
        """
        capture = self._open_before(start)
        usual = 1 / self._fps if self._fps > 0 else 0.04
        time = -math.inf
        shown: float | None = None
        while capture.grab():
            stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            # Time must rise also without stamps, or where two streams were joined.
            stamp = stamp if stamp > time else time + usual
            shown = stamp - time if math.isfinite(time) else None
            time = stamp
            if time >= end:
                return
            if time >= start:
                yield time, capture
        if self._duration is None and (shown or (math.isfinite(time) and start <= 0)):
            self._set_duration(time, shown or usual)

    def _set_duration(self, last: float, shown: float) -> None:
        """Set the duration from the last frame's time and the length of the frame before it.

        The header knows the length of the last frame. But it may count sound, lost frames, or
        frames of equal length. So its duration is used only if it is plausible.
        """
        plausible = last + shown / 2 <= self._header_duration <= last + 2 * shown
        self._duration = self._header_duration if plausible else last + shown
        if self._duration < SHORTEST:
            raise EmsyncError(
                f"{self._path}: lasts {self._duration:.2f} s; "
                f"a film to score lasts at least {SHORTEST:g} s"
            )

    def _measure(self) -> float:
        """The duration; found from the film's tail unless a pass has set it."""
        margin = 1.0
        while self._duration is None:
            tail = max(0.0, self._header_duration - margin)
            for _ in self._decode(tail, math.inf):
                pass
            if tail == 0.0 and self._duration is None:
                raise EmsyncError(f"{self._path}: no longer decodes; is it being written?")
            margin *= 4
        return self._duration

    def _reduce(self, image: Image) -> Image:
        # Area averaging reads every pixel and costs more than the decode. Linear interpolation
        # reads four pixels in the middle of each area and costs a fiftieth. It lets fine patterns
        # through, but cells of a hundred reduced pixels average them away.
        reduced = cv2.resize(image, self._reduced, interpolation=cv2.INTER_LINEAR)
        return np.asarray(reduced, dtype=np.uint8)
