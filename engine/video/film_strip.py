"""Small frames of a film at equal distances, to be seen along its music."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from engine.arrays import Image
from engine.errors import EmsyncError
from engine.video.container import READ_ERRORS, Film, opened, packets
from engine.video.picture import Reducer, orientation
from engine.video.reader import VideoReader, frames_of, open_video

WIDTH, HEIGHT = 96, 54
"""Pixels of a tile: 16:9, as most films are. Of others the middle is shown."""
TILES, PART, MOST = 17, 40.0, 408
"""How many tiles each part of this many seconds has, and the most of a film."""
QUALITY = 55
"""Of JPEG, 0..100: about 1.6 kB a tile."""
PATIENCE = 600
"""Frames that may be decoded in all to come nearer to the middles of tiles than key frames lie."""
_SAMPLED = 4
"""How many times larger a frame is first reduced to; then its areas are averaged."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmStrip:
    """tiles: BGR uint8 [54, 96, 3], each for an equal part of the film, by time."""

    tiles: tuple[Image, ...]

    def jpegs(self) -> Iterator[bytes]:
        """Each tile as a JPEG file."""
        return map(_jpeg, self.tiles)

    def sheet(self) -> bytes:
        """All tiles side by side as one JPEG file."""
        return _jpeg(np.hstack(self.tiles))


def read_sheet(data: bytes) -> FilmStrip:
    """The strip of a file that :meth:`FilmStrip.sheet` gave. Raises ValueError for another one."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if image is None or image.shape[0] != HEIGHT or image.shape[1] % WIDTH:
        raise ValueError("is no film strip")
    count = image.shape[1] // WIDTH
    return FilmStrip(tuple(np.asarray(tile, np.uint8) for tile in np.hsplit(image, count)))


def film_strip(path: Path, start: float, end: float, cuts: Sequence[float] = ()) -> FilmStrip:
    """The strip of a film from ``start`` to ``end`` (seconds of the file).

    cuts: seconds of the file, rising; a tile never shows the shot before its own. A tile may be a
    key frame before its middle, so that few frames are decoded. Raises EmsyncError for a film that
    can't be read.
    """
    count = min(TILES * max(1, math.ceil((end - start) / PART)), MOST)
    step = (end - start) / count
    middles = [start + (number + 0.5) * step for number in range(count)]
    reader = open_video(path)
    if reader.seekable:
        tiles = list(_sought(path, reader, middles, (start, *cuts)))
    else:
        tiles = list(_passed(reader, start, end, middles))
    if not tiles:
        raise EmsyncError(f"{path}: no frame for a film strip can be decoded")
    # Where the film's end is broken, its last picture stays.
    return FilmStrip(tuple(tiles + [tiles[-1]] * (count - len(tiles))))


def _passed(
    reader: VideoReader, start: float, end: float, middles: Sequence[float]
) -> Iterator[Image]:
    """The tiles of a film in which nothing can be sought, from all of its frames."""
    left = iter(middles)
    goal = next(left, math.inf)
    for frame in reader.frames(start, end):
        while frame.time >= goal:
            yield _tile(frame.image)
            goal = next(left, math.inf)


def _sought(
    path: Path, reader: VideoReader, middles: Sequence[float], shots: Sequence[float]
) -> Iterator[Image]:
    """The tiles from key frames, or from frames after them. shots: when each begins, rising."""
    budget = PATIENCE // len(middles)
    with opened(path) as film:
        # Threads that decode whole frames would read on after each seek.
        film.stream.thread_type = "SLICE"
        place = _Place(film, reader)
        for goal in middles:
            image = place.near(goal, shots[bisect_right(shots, goal) - 1], budget)
            if image is not None:
                yield image


class _Place:
    """Shows frames of an open film near given times."""

    def __init__(self, film: Film, reader: VideoReader) -> None:
        self._film, self._zero = film, reader.zero
        self._reducer: Reducer | None = None

    def near(self, goal: float, shot: float, budget: int) -> Image | None:
        """The tile of a frame at ``goal``, or before it in its shot; None where none decodes.

        shot: when the shot begins, in seconds. budget: frames that may be decoded to come nearer.
        """
        film = self._film
        stamp = int((goal + float(self._zero)) / film.time_base)
        try:
            film.container.seek(max(stamp, 0), stream=film.stream)
        except READ_ERRORS:
            return None
        found = None
        spent = 0
        for packet in packets(film):
            for frame in frames_of(packet):
                if frame.pts is None:
                    continue
                time = float(frame.pts * film.time_base - self._zero)
                if found is not None and time > goal:
                    return self._tile(found)
                found = frame
                spent += 1
                if time >= shot and spent >= budget:
                    return self._tile(found)
        return None if found is None else self._tile(found)

    def _tile(self, frame: av.VideoFrame) -> Image:
        if self._reducer is None:
            scale = min(1.0, _SAMPLED * WIDTH / max(frame.width, frame.height))
            self._reducer = Reducer(
                *(max(1, round(n * scale)) for n in (frame.width, frame.height))
            )
        return _tile(orientation(frame).upright(self._reducer(frame)))


def _tile(image: Image) -> Image:
    """The middle of an image, as large as a tile."""
    height, width = image.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    size = max(WIDTH, round(width * scale)), max(HEIGHT, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    left, top = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    return np.asarray(small[top : top + HEIGHT, left : left + WIDTH], np.uint8)


def _jpeg(image: Image) -> bytes:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()
