"""Running the command line as a user does, on a short film and a tiny network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from bridge.cli import main


class Result(NamedTuple):
    """What a command left: its exit status and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def emsync(capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run ``emsync`` with these words; also catches what libraries write themselves."""

    def run(*words: object) -> Result:
        capfd.readouterr()
        status = main([str(word) for word in words])
        return Result(status, *capfd.readouterr())

    return run


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 9 s, two scenes, with a cut at 4 s."""
    path = tmp_path_factory.mktemp("films") / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 12, (96, 64))
    rng = np.random.default_rng(0)
    scenes = [cv2.resize(rng.random((4, 6, 3)), (96, 64)) for _ in range(2)]
    for frame in range(9 * 12):
        picture = np.roll(scenes[frame >= 4 * 12], frame, axis=1)
        writer.write((255 * picture).astype(np.uint8))
    writer.release()
    return path


@pytest.fixture(scope="session")
def network_file(tiny, random_model, exported) -> Path:
    """The weights of a tiny network, its graphs beside them."""
    return exported(random_model(tiny()))
