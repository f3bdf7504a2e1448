"""The time to analyze a film, against bare decoding of it and against PySceneDetect."""

from __future__ import annotations

from pathlib import Path

import av

from engine.analysis import analyze
from engine.benchmarks.measures import Line, Section, Task, in_turns, ratio
from engine.video.cuts import CutDetector, find_cuts
from engine.video.reader import open_video


def watching(film: Path, rounds: int) -> Section:
    """Time cut detection and the whole analysis of one film."""
    tasks: dict[str, Task] = {
        "bare": lambda: _decode(film),
        "cuts": lambda: _find_cuts(film),
        "all": lambda: analyze(film),
        **_scenedetect(film),
    }
    times = in_turns(tasks, rounds)
    lines = [
        Line(
            "cut detection over bare decoding", ratio(times["cuts"], times["bare"]), "x", 1.3,
            "at most", "the same library; every frame is decoded and handed over",
        ),
        Line("cuts and emotion over bare decoding", ratio(times["all"], times["bare"]), "x"),
        *(
            Line(
                f"PySceneDetect's {name} over our cut detection",
                ratio(times[name], times["cuts"]), "x", 1, "at least",
            )
            for name in tasks if name.endswith("Detector")
        ),
    ]  # fmt: skip
    video = open_video(film).video
    return Section(
        f"Watching, {video.width} x {video.height}, {video.duration:.0f} s", tuple(lines)
    )


def _decode(film: Path) -> None:
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass


def _find_cuts(film: Path) -> None:
    reader = open_video(film)
    detector = CutDetector(reader.fps)
    for frame in reader.frames():
        detector.push(frame)
    find_cuts(detector.result())


def _scenedetect(film: Path) -> dict[str, Task]:
    """Tasks that run PySceneDetect's detectors, by name; none where it is not installed."""
    try:
        import scenedetect
    except ModuleNotFoundError:
        return {}

    def detect(detector: type) -> Task:
        return lambda: scenedetect.detect(str(film), detector())

    detectors = (scenedetect.ContentDetector, scenedetect.AdaptiveDetector)
    return {detector.__name__: detect(detector) for detector in detectors}
