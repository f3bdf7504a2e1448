"""A folder of short labelled films, drawn as the demo is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.video.demo import CUTS, FPS, draw_frame
from engine.video.writer import write_film

BEGINS = {"joy": CUTS[0], "fear": CUTS[3], "sadness": CUTS[4]}
"""The demo's town, chase and grief, in seconds."""


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films of 2 s in folders named after emotions: one town, one chase, one grief."""
    folder = tmp_path_factory.mktemp("labelled")
    for emotion, begin in BEGINS.items():
        (folder / emotion).mkdir()
        images = (draw_frame(begin + number / FPS)[::4, ::4] for number in range(2 * FPS))
        write_film(folder / emotion / "1.mp4", images, FPS)
    return folder


@pytest.fixture(scope="session")
def copies(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The same with so many copies of each film."""

    def make(count: int) -> Path:
        folder = tmp_path_factory.mktemp("copies")
        for film in labelled.rglob("*.mp4"):
            (folder / film.parent.name).mkdir()
            for number in range(count):
                (folder / film.parent.name / f"{number}.mp4").hardlink_to(film)
        return folder

    return make
