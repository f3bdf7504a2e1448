"""Peak memory of composing and watching long films, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from engine.analysis import analyze
from engine.benchmarks.measures import Line, Section
from engine.video.writer import write_film

MINUTES = (1, 5, 10)
FILMS = ((0.1, 24.0), (3.0, 24.0), (10.0, 2.0))
"""Hours and frames a second."""


def memory(weights: Path, quick: bool = False) -> Section:
    """Measure composing of 1, 5 and 10 minutes, and watching of films up to ten hours.

    quick: measure only the first of each.
    """
    lines = [
        Line(f"composing {length} min", _peak(_compose, weights, 60.0 * length), "MiB")
        for length in MINUTES[: 1 if quick else None]
    ]
    with tempfile.TemporaryDirectory() as folder:
        for hours, fps in FILMS[: 1 if quick else None]:
            path = Path(folder) / f"{hours}.mp4"
            draw_long(path, hours, fps)
            peak = _peak(_watch, path, hours * 3600)
            lines.append(Line(f"watching {hours:g} h at {fps:g} fps", peak, "MiB"))
    return Section("Peak memory", tuple(lines))


def draw_long(path: Path, hours: float, fps: float) -> None:
    """Write a film of moving noise with a cut every ten seconds, small so that it is fast."""
    rng = np.random.default_rng(0)
    scenes = (255 * rng.random((7, 36, 64, 3))).astype(np.uint8)
    scenes = np.array([cv2.GaussianBlur(scene, (0, 0), 5) for scene in scenes])
    images = (
        np.roll(scenes[int(number / fps / 10) % 7], number % 64, axis=1)
        for number in range(round(hours * 3600 * fps))
    )
    write_film(path, images, fps)


def _compose(weights: Path, seconds: float) -> None:
    # Here, because a process that watches a film loads none of it.
    from engine.benchmarks.decoding import film
    from engine.composing.config import GenerationConfig
    from engine.composing.loop import compose
    from engine.model.runtime import Network

    compose(film(seconds), Network(weights, "cpu"), GenerationConfig())


def _watch(path: Path, seconds: float) -> None:
    cues = analyze(path)
    assert abs(cues.duration - seconds) < 1


def _peak(task: Callable[[Path, float], None], path: Path, length: float) -> float:
    """The peak memory in MiB of a new process that does the task."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (task, path, length))


def _measured(task: Callable[[Path, float], None], path: Path, length: float) -> float:
    """Do the task; returns the peak memory of this process in MiB."""
    task(path, length)
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux getrusage also counts the memory of the process that started this one.
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(peak) / 2**10
    import resource  # Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
