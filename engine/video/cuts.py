"""Finds the transitions between shots: cuts, dissolves and fades.

A ``CutDetector`` receives the film frame by frame. It returns a ``CutCurve``: a score for each
frame, and for each stretch that may be a dissolve or a fade. ``find_cuts`` applies a sensitivity to
the curve, so another one needs no second decode.

:mod:`~engine.video.hard_cuts`, :mod:`~engine.video.dissolves` and :mod:`~engine.video.fades` say
how scores are made. Here they are put on one scale: 0 is ordinary motion, and at the usual
sensitivity 1 or more is a transition.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Image
from engine.cues import Transition
from engine.video.dissolves import Window
from engine.video.fades import Fade
from engine.video.gradual import Gradual
from engine.video.hard_cuts import HardCuts
from engine.video.reader import Frame

SENSITIVITY = 1.0
"""The usual sensitivity: a transition has a score of at least 1 / sensitivity."""

_CUT = 1.6
"""How much a cut stands out: its change over the greatest change nearby."""

_CELL = 10
"""Side of a compared cell, in pixels of a frame's reduced image."""
_DARKEST = 0.05
"""Added to brightness, 0..1, so that the square root does not amplify the noise of black."""
_ROOTS = np.sqrt(np.arange(256) / 255 + _DARKEST).astype(np.float32)
"""The root of each of the 256 brightnesses."""

_SLOWEST = 12.0
"""The least rate that frames are measured at: a slide counts as several frames."""
_GRADUAL_RATE = 25.0
"""About how many rows a second dissolves and fades are looked for in."""
_BLOCK = 256
"""Rows that are measured together."""
_SOFT = 1 / 6
"""How far from a fade's ends nothing else happens, in seconds."""
_SURE = 3.0
"""The score of a cut that is no part of a fade's soft ends."""
_SHOT = 25
"""Rows of one colour from which on they are a shot of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class CutCurve:
    """A score for each frame, how much it looks like the first of a new shot; and gradual changes.

    times: seconds of the file, float64 [frames], rising. scores: at least 0, float64 [frames].
    changes: how much each frame differs from those before, 0..1, float64 [frames].
    gradual: stretches that may be dissolves and fades, each with its score, in order.
    """

    times: Floats
    scores: Floats
    changes: Floats
    gradual: tuple[tuple[Transition, float], ...]


class CutDetector:
    """Computes a film's cut curve; keeps a few numbers a frame and the last half minute, tiny."""

    def __init__(self, fps: float, gradual: Gradual | None = None) -> None:
        """fps: nominal frames a second. gradual: receives the rows in place of a new one."""
        self._rate = max(fps, _SLOWEST)
        self._hard, self._gradual = HardCuts(self._rate), gradual or Gradual()
        self.averaged = max(1, round(self._rate / _GRADUAL_RATE))
        """Frames that are averaged to a row for gradual changes."""
        self._times, self._first_rows = array("d"), array("q")
        self._block: list[NDArray[np.float32]] = []
        self._details: list[float] = []
        self._rest: list[NDArray[np.float32]] = []
        self._rows = 0

    def push(self, frame: Frame) -> None:
        """Process the next frame. All frames must have images of one size."""
        if self._times:
            self._hold(frame.time - self._times[-1])
        self._times.append(frame.time)
        self._first_rows.append(self._rows)
        self._append(cells(frame.image), detail(frame.image))

    def result(self, end: float | None = None) -> CutCurve:
        """The curve of all frames; no frame may follow.

        end: when the last frame goes, in seconds of the file; None if it is shown as usual.
        The first and the last sixth of a second score 0: a shot that short can't be recognised.
        """
        if end is not None and self._times:
            self._hold(end - self._times[-1])
        self._measure()
        times = np.array(self._times)
        first_rows = np.array(self._first_rows, dtype=np.int64)
        changes, ratios = self._hard.result(first_rows, times)
        scores = np.maximum(0.0, (ratios - 1) / (_CUT - 1))
        windows, fades = self._gradual.result()
        place = _Places(times, first_rows, self.averaged)
        gradual = [*map(place.dissolve, windows), *map(place.fade, fades)]
        return CutCurve(times, scores, changes, tuple(gradual))

    def _hold(self, seconds: float) -> None:
        """Repeat the last frame if it is shown for longer than usual."""
        copies = min(self._hard.reach, round(seconds * self._rate)) - 1
        for _ in range(copies):
            self._append(*self._last)

    def _append(self, row: NDArray[np.float32], fine: float) -> None:
        self._block.append(row)
        self._details.append(fine)
        self._last = row, fine
        self._rows += 1
        if len(self._block) == _BLOCK:
            self._measure()

    def _measure(self) -> None:
        """Measure the rows that wait."""
        if not self._block:
            return
        rows = np.stack(self._block)
        self._block = []
        self._hard.push(rows)
        averaged = np.concatenate([*self._rest, rows])
        whole = len(averaged) // self.averaged * self.averaged
        self._rest = [averaged[whole:]]
        details, self._details = np.array(self._details[:whole]), self._details[whole:]
        if whole:
            self._gradual.push(
                averaged[:whole].reshape(-1, self.averaged, rows.shape[1]).mean(axis=1),
                details.reshape(-1, self.averaged).mean(axis=1),
            )


def find_cuts(curve: CutCurve, sensitivity: float = SENSITIVITY) -> tuple[Transition, ...]:
    """The transitions of a film, in the order of their times, which are seconds of the file.

    sensitivity: above 0; with 2, a transition may stand out half as much as usual.
    """
    least = 1 / sensitivity - 1e-9
    by_score = sorted(curve.gradual, key=lambda each: -each[1])
    gradual = [each for each, score in by_score if score >= least]
    fades: list[Transition] = []
    for each in gradual:
        if each.kind == "fade" and not any(_part(each, fade) for fade in fades):
            fades.append(each)
    found = list(fades)
    for place in np.flatnonzero(curve.scores >= least).tolist():
        cut = Transition(float(curve.times[place]), strength=float(curve.changes[place]))
        # A cut to or from black is part of a fade, and so is what looks a little like a cut.
        sure = curve.scores[place] >= _SURE
        if not any(_in_black(cut, fade) if sure else _part(cut, fade) for fade in fades):
            found.append(cut)
    for each in gradual:
        if (
            each.kind == "dissolve"
            and not any(_part(each, fade) for fade in fades)
            and not any(each.overlaps(cut) for cut in found if cut.kind != "fade")
        ):
            found.append(each)
    return tuple(sorted(found, key=lambda each: each.time))


def _part(one: Transition, fade: Transition) -> bool:
    """Whether the centre of a transition lies in a fade, whose ends are soft."""
    return fade.start - _SOFT <= one.centre <= fade.end + _SOFT


def _in_black(one: Transition, fade: Transition) -> bool:
    """Whether a transition lies in the black of a fade, or at its edges."""
    half = max(fade.time - fade.centre, _SOFT / 2)
    return abs(one.time - fade.centre) <= half + _SOFT / 2


class _Places:
    """Turns rows of gradual changes into times."""

    def __init__(self, times: Floats, first_rows: NDArray[np.int64], averaged: int) -> None:
        self._times, self._first_rows, self._averaged = times, first_rows, averaged

    def dissolve(self, window: Window) -> tuple[Transition, float]:
        centre = self._time(window.centre)
        found = Transition(
            centre, "dissolve", self._time(window.start), centre, self._time(window.end),
            window.change,
        )  # fmt: skip
        return found, window.score

    def fade(self, fade: Fade) -> tuple[Transition, float]:
        start, end, time = fade.start, fade.end, fade.visible
        if fade.visible - fade.flat >= _SHOT:
            # The cut to or from it is found by itself.
            if not fade.soft_out:
                start = fade.visible
            if not fade.soft_in:
                end = time = fade.flat
        found = Transition(
            self._time(time), "fade", self._time(start),
            self._time(min(max(start, (fade.flat + fade.visible) / 2), end)),
            self._time(end), fade.change,
        )  # fmt: skip
        return found, fade.score

    def _time(self, row: float) -> float:
        """The time of the frame that is shown at a row of averaged rows."""
        frame = np.searchsorted(self._first_rows, row * self._averaged, side="right") - 1
        return float(self._times[max(0, int(frame))])


def cells(image: Image) -> NDArray[np.float32]:
    """A picture as a vector: the root of the brightness of each cell and colour, about 0..1."""
    height, width = image.shape[:2]
    size = (max(1, width // _CELL), max(1, height // _CELL))
    return _ROOTS[cv2.resize(image, size, interpolation=cv2.INTER_AREA).ravel()]


def detail(image: Image) -> float:
    """The fine detail of a picture: the mean square of steps from pixel to pixel, 0..255 ** 2."""
    green = cv2.extractChannel(image, 1)
    steps = cv2.absdiff(green[:, 1:], green[:, :-1])
    return float(cv2.norm(steps, cv2.NORM_L2SQR)) / max(1, steps.size)
