"""Reading a film: one pass of small frames with the times its container gives them.

OpenCV's own FFmpeg decodes and nothing is held, so memory is constant however long the film is.
Each frame is reduced once, and every analysis shares that one decode and that one small image.
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
    """One frame: ``time`` in seconds of the file, ``image`` BGR uint8 [height, width, 3] with its
    longer side at most ``IMAGE_SIZE`` pixels, upright."""

    time: float
    image: Image


def open_video(path: str | Path) -> VideoReader:
    """Open a film whose picture decodes.

    Raises EmsyncError for what is missing, no film, or shorter than ``SHORTEST``.
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
    """Keep FFmpeg's and OpenCV's own lines off the terminal, where they would bury ours.

    To be called before the process opens or writes its first film: FFmpeg asks only then.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class VideoReader:
    """A film to be passed over, any number of times, from any moment."""

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
        self._promised = max(0.0, count / self._fps) if self._fps > 0 else 0.0
        self._duration: float | None = None
        if self._promised < SHORTEST:
            for _ in self._decode(0.0, SHORTEST):
                pass

    @property
    def fps(self) -> float:
        """Nominal frames a second, as the header has it."""
        return self._fps

    @property
    def video(self) -> Video:
        """The film's metadata; its duration is when the last frame goes dark.

        Free after a pass to the end; before one, the film's tail is decoded to find it.
        """
        return Video(str(self._path), self._measure(), self._fps, self._width, self._height)

    @property
    def missing(self) -> float:
        """Seconds that the header promises beyond the last frame that decodes (a file cut short,
        or sound that outlasts the picture); 0 when it keeps its word within half a second."""
        missing = self._promised - self._measure()
        return missing if missing > 0.5 else 0.0

    def frames(
        self,
        start: float = 0.0,
        end: float = math.inf,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[Frame]:
        """The frames shown from ``start`` up to, not at, ``end`` (seconds of the file), in order.

        progress: told the share of the way that is done, 0..1, after each frame.
        Raises EmsyncError when the file has nothing there or proves shorter than ``SHORTEST``.
        """
        goal = min(end, self._promised or end) - start
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
                f"{self._path}: has no frame from {start:g} s to {end:g} s; "
                f"it lasts {self._measure():.3f} s"
            )
        if progress:
            progress(1.0)

    def _open(self) -> cv2.VideoCapture:
        hush()
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        return capture

    def _open_before(self, time: float) -> cv2.VideoCapture:
        """A capture whose next frame is at or before ``time``, and not long before where the
        container can seek."""
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

        Reaching the end of the file settles the film's duration.
        """
        capture = self._open_before(start)
        usual = 1 / self._fps if self._fps > 0 else 0.04
        time = -math.inf
        shown: float | None = None
        while capture.grab():
            stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            # A stream without stamps, or one joined from two, would otherwise stand still.
            stamp = stamp if stamp > time else time + usual
            shown = stamp - time if math.isfinite(time) else None
            time = stamp
            if time >= end:
                return
            if time >= start:
                yield time, capture
        if self._duration is None and (shown or (math.isfinite(time) and start <= 0)):
            self._settle(time, shown or usual)

    def _settle(self, last: float, shown: float) -> None:
        """Fix the duration from the last frame's time and how long the one before was shown.

        The header knows the last frame's own time on screen, but may count sound, or frames that
        are lost, or frames of equal length; so it is believed only if its answer is plausible.
        """
        plausible = last + shown / 2 <= self._promised <= last + 2 * shown
        self._duration = self._promised if plausible else last + shown
        if self._duration < SHORTEST:
            raise EmsyncError(
                f"{self._path}: lasts {self._duration:.2f} s; "
                f"a film to score lasts at least {SHORTEST:g} s"
            )

    def _measure(self) -> float:
        """The duration, found from the film's tail unless a pass has settled it."""
        margin = 1.0
        while self._duration is None:
            tail = max(0.0, self._promised - margin)
            for _ in self._decode(tail, math.inf):
                pass
            if tail == 0.0 and self._duration is None:
                raise EmsyncError(f"{self._path}: no longer decodes; is it being written?")
            margin *= 4
        return self._duration

    def _reduce(self, image: Image) -> Image:
        # Area averaging reads every pixel, which costs more than the decode. Of four pixels at the
        # middle of each area it costs a fiftieth; what that lets through of fine patterns, cells
        # of a hundred reduced pixels average away.
        reduced = cv2.resize(image, self._reduced, interpolation=cv2.INTER_LINEAR)
        return np.asarray(reduced, dtype=np.uint8)
