"""What the project of a DAW holds: a score, its film, and names for moments and stretches.

Every format of a project has a module of its own. A project's zero is the score's zero. So its bars
count from there, and the film lies so that its scored part begins there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from engine.score import Instrument, Score
from export.midi import Markers
from export.picture.svg import PALETTE

COLOURS: Mapping[Instrument, str] = MappingProxyType(
    {instrument: on_white for instrument, (on_white, _) in PALETTE.items()}
)
"""Colours of the tracks: those of the parts in ``score.svg`` and on the page."""
REGION_COLOUR = "#56b4e9"


class Region(NamedTuple):
    """A stretch with a name, in seconds from the score's zero."""

    start: float
    end: float
    name: str


@dataclass(frozen=True, slots=True)
class Film:
    """The film that a project shows.

    path: as the user gave it. start: where the score begins in it, in seconds. duration: of the
    whole film, in seconds. timecode: how long after timecode zero it begins, in seconds. channels,
    sample_rate: of its sound; 0 without sound.
    """

    path: Path
    start: float
    duration: float
    timecode: float = 0.0
    channels: int = 0
    sample_rate: int = 0

    def path_from(self, folder: Path) -> str:
        """The path from a folder, with slashes; the absolute path where no relative one exists."""
        path = self.path.parent.resolve() / self.path.name
        try:
            return Path(os.path.relpath(path, folder.resolve())).as_posix()
        except ValueError:
            # Another drive of Windows.
            return path.as_posix()


@dataclass(frozen=True, slots=True)
class Project:
    """A project. name: of the piece. film: None if it is not there. hits: the moments that the
    music marks. regions: the sections of the film, named by emotion."""

    name: str
    score: Score
    film: Film | None
    hits: Markers
    regions: tuple[Region, ...]


def identity(name: str) -> str:
    """A UUID that depends on nothing but a name, so that equal projects give equal files."""
    return str(uuid5(NAMESPACE_URL, f"emsync:{name}")).upper()
