"""Cold starts, and a whole one-minute film after one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from engine.benchmarks.decoding import TOKENS_A_MINUTE
from engine.benchmarks.measures import Line, Section, in_turns
from engine.errors import EmsyncError
from engine.video.demo import DURATION, FPS, draw_frame
from engine.video.writer import write_film

WIDTH, HEIGHT = 854, 480


def starting(weights: Path, rounds: int) -> Section:
    """Time the start of the command, and a minute of film with a network of 37M parameters."""
    times = in_turns(
        {"help": lambda: _emsync("--help"), "score": lambda: _emsync("score", "--help")}, rounds
    )
    return Section(
        "From a cold start",
        (
            Line("`emsync --help`", median(times["help"]), "s", 0.5),
            Line("`emsync score --help`: all that scoring imports", median(times["score"]), "s"),
            _one_minute(weights),
        ),
    )


def _one_minute(weights: Path) -> Line:
    """The time of a one-minute film, with composing scaled to the usual number of tokens.

    Random weights make music of any density, so only the time a token is meaningful.
    """
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        draw_minute(film)
        out = Path(folder) / "out"
        words = ("score", str(film), "-o", str(out), "--force", "--takes", "1")
        model = ("--model", str(weights))
        total = in_turns({"score": lambda: _emsync(*words, *model)}, 1)["score"][0]
        report = json.loads((out / "report.json").read_text())
    compose, tokens = report["timings"]["compose"], report["takes"]["tokens"]
    at_usual = total - compose + compose * TOKENS_A_MINUTE / tokens
    return Line(
        "a one-minute 480p film, one take, 37M, everything", at_usual, "s", 20, "at most",
        f"{total:.3g} s with {tokens:,} tokens, scaled to {TOKENS_A_MINUTE:,}",
    )  # fmt: skip


def draw_minute(path: Path) -> None:
    """Write a minute of 480p: the demo film, repeated."""
    times = (number / FPS % DURATION for number in range(round(60 * FPS)))
    images = (cv2.resize(draw_frame(time), (WIDTH, HEIGHT)) for time in times)
    write_film(path, (np.asarray(image, dtype=np.uint8) for image in images), FPS)


def _emsync(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "bridge.cli", *words], capture_output=True)
    if done.returncode:
        raise EmsyncError(f"emsync {words[0]}: {done.stderr.decode().strip()}")
