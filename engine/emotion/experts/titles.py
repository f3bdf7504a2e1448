"""The expert ``titles``: text in the picture.

Its texts are for the expert ``words``. It reads no emotion itself. But its reading says how much of
a stretch is credits or titles on a plain ground. There it is sure of no emotion: white text on
black is not grief.

A picture is looked at every two seconds, and only if it has changed. At most six lines are read. A
picture with more of them is taken for credits, whose names say nothing.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Image, Mask, Samples
from engine.emotion.captions import Captions, blocks
from engine.emotion.experts.expert import Arrays, Expert, FilmContext, Track
from engine.emotion.reading import NOTHING, Reading, Text
from engine.emotion.text_recognition import Boxes, Line, TextReader, missing_reader
from engine.section import Evidence

NAME = "titles"
INTERVAL = 2.0
SIDE = 640
MOST = 6
"""Lines of a picture that are read. A picture with more is credits."""

_CELLS = (32, 18)
_CHANGED = 6.0
"""Change of a cell's brightness, 0..255, from which a picture or a line is another."""
_FLAT = 3.0
"""Standard deviation of brightness, 0..255, below which a picture has no text."""
_PLAIN_SHARE = 0.85
_PLAIN_RANGE = 6
"""A ground is plain if this share of the picture is within this distance of one brightness."""
_LINE_SIZE = (64, 8)
_SAME_LINE = 0.5
"""Least overlap of the boxes of one line in two pictures."""


@dataclass(frozen=True, slots=True)
class TitlesTrack:
    """What was seen of text.

    seen: times of all looks, rising, [n]. titles: whether the look shows credits or text on a plain
    ground, [n]. texts: the captions by time.
    """

    seen: Floats
    titles: Mask
    texts: Sequence[Text]

    def arrays(self) -> Arrays:
        """The fields by name; a text as ``starts``, ``ends`` and ``words``."""
        return {
            "seen": self.seen,
            "titles": self.titles,
            "starts": np.array([text.start for text in self.texts], dtype=np.float64),
            "ends": np.array([text.end for text in self.texts], dtype=np.float64),
            "words": np.array([text.text for text in self.texts], dtype=np.str_),
        }

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """Nothing: text measures no activity."""
        return {}

    def title_share(self, start: float, end: float) -> float:
        """The share of the stretch, 0..1, that is credits or titles on a plain ground."""
        first, last = np.searchsorted(self.seen, (start, end))
        if first == last:
            return 0.0
        shown = np.diff(self.seen[first:last], append=end)
        total = float(shown.sum())
        return float(shown @ self.titles[first:last]) / total if total > 0 else 0.0

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """Equal probabilities, with the share of titles as confidence."""
        share = self.title_share(start, end)
        if not share:
            return NOTHING
        first = np.searchsorted(self.seen, start)
        time = float(self.seen[first + np.argmax(self.titles[first:])])
        text = f"credits or titles, {share * (end - start):.0f} s"
        return Reading(confidence=share, evidence=(Evidence(time, NAME, text, share),))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A line of the last picture: its box, its pixels in small, and what was read in it."""

    box: NDArray[np.int32]
    pixels: NDArray[np.uint8]
    line: Line | None


class TitlesWatcher:
    """Looks for text every two seconds."""

    def __init__(self) -> None:
        self._reader = TextReader()
        self._captions = Captions()
        self._due = -math.inf
        self._seen = array("d")
        self._titles: list[bool] = []
        self._grid: NDArray[np.uint8] | None = None
        self._lines: list[_Seen] = []

    def picture(self, time: float, image: Image) -> None:
        """Look at the next picture, unless two seconds have not passed."""
        if time < self._due:
            return
        self._due = time + INTERVAL
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        grid = np.asarray(cv2.resize(grey, _CELLS, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        changed = self._grid is None or _differ(grid, self._grid)
        if changed:
            self._grid = grid
            boxes = _NO_BOXES if np.std(grey) < _FLAT else self._reader.find(image)
            self._lines = self._read(image, grey, boxes)
            on_plain_ground = len(boxes) > 0 and _has_plain_ground(grey)
            self._titles.append(len(boxes) > MOST or on_plain_ground)
        else:
            self._titles.append(self._titles[-1])
        self._seen.append(time)
        self._captions.add(time, blocks([seen.line for seen in self._lines if seen.line]))

    def _read(self, image: Image, grey: NDArray[np.uint8], boxes: Boxes) -> list[_Seen]:
        """The lines in the boxes; those that the last picture showed are not read again."""
        if len(boxes) > MOST:
            return []
        unchanged = [seen for seen in self._lines if not _differ(seen.pixels, _cut(grey, seen.box))]
        lines = []
        for box in boxes:
            known = [seen for seen in unchanged if _overlap(seen.box, box) >= _SAME_LINE]
            line = known[0].line if known else self._reader.read(image, box)
            lines.append(_Seen(box, _cut(grey, box), line))
        return lines

    def sound(self, time: float, samples: Samples) -> None:
        """Ignore sound."""

    def finish(self, earlier: Mapping[str, Track]) -> TitlesTrack:
        """What was seen."""
        return TitlesTrack(
            np.array(self._seen, dtype=np.float64),
            np.array(self._titles, dtype=np.bool_),
            self._captions.texts(INTERVAL),
        )


_NO_BOXES: Boxes = np.zeros((0, 4), dtype=np.int32)


def _cut(grey: NDArray[np.uint8], box: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The part of a picture in a box, in small."""
    height, width = grey.shape
    left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    part = grey[top : max(box[3], top + 1), left : max(box[2], left + 1)]
    return np.asarray(cv2.resize(part, _LINE_SIZE, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _overlap(first: NDArray[np.int32], second: NDArray[np.int32]) -> float:
    """The ratio of two boxes' intersection to their union."""
    shared = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    intersection = float(np.prod(np.maximum(shared, 0)))
    areas = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2]))
    return intersection / max(areas - intersection, 1.0)


def _differ(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    return bool(cv2.absdiff(first, second).max() >= _CHANGED)


def _has_plain_ground(grey: NDArray[np.uint8]) -> bool:
    """Whether most of a picture has one brightness."""
    counts = np.bincount(grey.ravel(), minlength=256)
    near = np.convolve(counts, np.ones(2 * _PLAIN_RANGE + 1))
    return bool(near.max() >= _PLAIN_SHARE * grey.size)


def load(arrays: Arrays) -> TitlesTrack:
    """The track of what ``TitlesTrack.arrays`` gave. Raises KeyError or ValueError otherwise."""
    seen = np.asarray(arrays["seen"], dtype=np.float64)
    titles = np.asarray(arrays["titles"], dtype=np.bool_)
    if seen.shape != titles.shape or seen.ndim != 1:
        raise ValueError("each look needs a mark")
    columns = (arrays["starts"].tolist(), arrays["ends"].tolist(), arrays["words"].tolist())
    return TitlesTrack(seen, titles, tuple(Text(*row) for row in zip(*columns, strict=True)))


TITLES = Expert(
    name=NAME,
    about="text in the picture, which the expert words reads",
    interval=INTERVAL,
    side=SIDE,
    needs_sound=False,
    missing=missing_reader,
    watch=TitlesWatcher,
    load=load,
)
"""The expert ``titles``."""
