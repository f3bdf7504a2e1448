"""AV-Align: do onsets of the music coincide with peaks of motion in the film?

Goal: the score of Yariv et al. 2024 ("Diverse and Aligned Audio-to-Video Generation"), as their
``av_align.py`` computes it: matched onsets as a share of onsets and flow peaks together, each match
counted once.

Conventions: times are seconds from the scored part's start, rising. A busy soundtrack matches by
chance. So quote a score with its chance level and the onsets a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.metrics.alignment import SHUFFLES, shuffled
from engine.metrics.statistics import Json, proportion

LEAST_FLOW = 0.1
"""The least mean flow of a peak, in pixels a frame."""
SECOND = 1.0
SAME_ONSET = 0.03
"""Notes that begin no further apart, in seconds, make one onset, as in sound."""

Times = Sequence[float]
"""Seconds, rising."""


@dataclass(frozen=True, slots=True)
class AvAlign:
    """How onsets and flow peaks match within a window.

    window: seconds; a pair is closer than this. matched: pairs. onsets, peaks: how many of each.
    """

    window: float
    matched: int
    onsets: int
    peaks: int

    @property
    def union(self) -> int:
        """Onsets and peaks together, each pair counted once."""
        return self.onsets + self.peaks - self.matched

    @property
    def score(self) -> float:
        """Pairs as a share of the union; 0 without onsets and peaks, as in the original."""
        return self.matched / self.union if self.union else 0.0


def validate(onsets: Times, peaks: Times) -> None:
    """Raise ValueError unless both are lists of finite, rising times."""
    for name, times in (("onsets", onsets), ("peaks", peaks)):
        array = np.asarray(times, np.float64)
        if array.ndim != 1 or not np.isfinite(array).all() or (np.diff(array) < 0).any():
            raise ValueError(f"{name} must be a list of finite, rising times")


def flow_peaks(flow: Floats, fps: float) -> tuple[float, ...]:
    """The times of the peaks of motion: frame numbers over frames a second.

    flow: the mean magnitude of the optical flow at each frame [n], in pixels. A peak is above both
    neighbours and at least :data:`LEAST_FLOW`.
    Raises ValueError unless flow is a list of finite numbers and fps is positive.
    """
    flow = np.asarray(flow, np.float64)
    if flow.ndim != 1 or not np.isfinite(flow).all():
        raise ValueError(f"flow must be a list of finite numbers, not of shape {flow.shape}")
    if not (math.isfinite(fps) and fps > 0):
        raise ValueError(f"fps must be positive, not {fps}")
    inner = flow[1:-1]
    found = (inner > flow[:-2]) & (inner > flow[2:]) & (inner >= LEAST_FLOW)
    return tuple(((np.flatnonzero(found) + 1) / fps).tolist())


def note_onsets(times: Times) -> tuple[float, ...]:
    """The onsets of a score, in place of those of its sound: a chord has one.

    times: when each note begins, in seconds. Raises ValueError where :func:`validate` does.
    """
    validate(times, ())
    kept: list[float] = []
    for time in times:
        if not kept or time - kept[-1] > SAME_ONSET:
            kept.append(time)
    return tuple(kept)


def av_align(onsets: Times, peaks: Times, window: float) -> AvAlign:
    """Match each onset, in order, with the first unused peak less than ``window`` seconds away.

    Raises ValueError where :func:`validate` does.
    """
    validate(onsets, peaks)
    used = [False] * len(peaks)
    first = 0
    for onset in onsets:
        # No later onset reaches further back.
        while first < len(peaks) and onset - peaks[first] >= window:
            first += 1
        place = first
        while place < len(peaks) and peaks[place] - onset < window:
            if not used[place]:
                used[place] = True
                break
            place += 1
    return AvAlign(window, sum(used), len(onsets), len(peaks))


def evaluate(
    onsets: Times, peaks: Times, fps: float, duration: float, rng: np.random.Generator
) -> Json:
    """The score at one frame and at one second, each with interval and n, beside chance.

    The chance level ``shuffled`` is the mean score of :data:`~engine.metrics.alignment.SHUFFLES`
    films whose peaks have the same gaps in another order. The interval takes onsets and peaks for
    independent of each other, so it is a little too narrow. duration: in seconds.
    Raises ValueError where :func:`validate` does.
    """
    others = [shuffled(peaks, duration, rng) for _ in range(SHUFFLES)]
    report: Json = {
        "onsets": len(onsets),
        "onset_rate": len(onsets) / duration,
        "flow_peaks": len(peaks),
        "flow_peak_rate": len(peaks) / duration,
    }
    for name, window in (("frame", 1 / fps), ("second", SECOND)):
        found = av_align(onsets, peaks, window)
        chance = float(np.mean([av_align(onsets, other, window).score for other in others]))
        report[name] = {
            "score": {**proportion(found.matched, found.union), "value": found.score},
            "matched": found.matched,
            "shuffled": chance,
            "score_less_shuffled": found.score - chance,
        }
    return report
