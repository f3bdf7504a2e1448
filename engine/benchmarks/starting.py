"""Cold starts, and a whole one-minute film after one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from engine.benchmarks.measures import Line, Section, in_turns, ratio
from engine.errors import EmsyncError
from engine.video.demo import DURATION, FPS, draw_frame
from engine.video.writer import write_film

WIDTH, HEIGHT = 854, 480
MANY_ROUNDS = 5
"""From so many rounds on, the one-minute film too is timed more than once."""


def starting(rounds: int) -> Section:
    """Time the start of the command, and a one-minute film with the defaults."""
    times = in_turns(
        {"help": lambda: _emsync("--help"), "score": lambda: _emsync("score", "--help")}, rounds
    )
    return Section(
        "From a cold start",
        (
            Line("`emsync --help`", median(times["help"]), "s", 0.5),
            Line("`emsync score --help`: all that scoring imports", median(times["score"]), "s"),
            *_one_minute(1 if rounds < MANY_ROUNDS else 3),
        ),
    )


def _one_minute(rounds: int) -> tuple[Line, Line]:
    """The time of a one-minute film with the defaults, alone and beside a busy program."""
    with tempfile.TemporaryDirectory() as folder:
        film, out = Path(folder) / "film.mp4", Path(folder) / "out"
        draw_minute(film)

        def score() -> None:
            _emsync("score", str(film), "-o", str(out), "--force")

        def score_beside() -> None:
            with _busy_program():
                score()

        times = in_turns({"alone": score, "beside": score_beside}, rounds)
        report = json.loads((out / "report.json").read_text())
    alone, beside = median(times["alone"]), ratio(times["beside"], times["alone"])
    tokens, compose = report["takes"]["tokens"], report["timings"]["compose"]
    return (
        Line(
            "a one-minute 480p film with the defaults, everything", alone, "s", 20, "at most",
            f"{tokens:,} tokens",
        ),
        Line(
            "the same with one core kept busy by another program, over that", beside, "x", 1.5,
            "at most", f"{median(times['beside']):.3g} s, {compose:.3g} s of it composing",
        ),
    )  # fmt: skip


@contextmanager
def _busy_program() -> Iterator[None]:
    """Another program that keeps one core busy."""
    program = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        program.kill()
        program.wait()


def draw_minute(path: Path) -> None:
    """Write a minute of 480p: the demo film, repeated."""
    times = (number / FPS % DURATION for number in range(round(60 * FPS)))
    images = (cv2.resize(draw_frame(time), (WIDTH, HEIGHT)) for time in times)
    write_film(path, (np.asarray(image, dtype=np.uint8) for image in images), FPS)


def _emsync(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "bridge.cli", *words], capture_output=True)
    if done.returncode:
        raise EmsyncError(f"emsync {words[0]}: {done.stderr.decode().strip()}")
