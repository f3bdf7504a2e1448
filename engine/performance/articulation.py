"""How much before its written end a note is released, as counted in songs.

Songs release notes a part of a sixteenth early. How early depends on the part of the song above
all, and less on the note's length, on chords and on repeated pitches. So a part has one of a few
classes, and the table says how often notes of a class have which gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.music.vocabulary import INSTRUMENTS

SHIPPED = Path(__file__).parents[1] / "weights" / "articulation.npz"
EDGES = (0.0, 0.06, 0.15, 0.25, 0.35, 0.45, 0.55, 0.7, 1.0)
"""Edges of the classes of gaps, in sixteenths. The first class is no gap."""
GAPS = len(EDGES) - 1
CLASSES = 5
"""Classes of a part by its mean gap, from connected to detached. Each has as many parts."""
LENGTH_EDGES = (2, 3, 4, 5, 8)
"""Edges of classes of length, in sixteenths."""
LENGTHS = len(LENGTH_EDGES) + 1
SHAPE = (len(INSTRUMENTS), CLASSES, LENGTHS, 2, 2, GAPS)
"""Part, class, length, whether the pitch is repeated, whether it is a chord, and gap."""
_PRIOR = 20.0
"""How many notes of the class as a whole each cell of the table counts as having, too."""


@dataclass(frozen=True, slots=True)
class ArticulationTable:
    """counts: how many notes have which gap, [*SHAPE]."""

    counts: npt.NDArray[np.uint32]

    def cumulative(self) -> npt.NDArray[np.float64]:
        """The cumulative probabilities of gaps, [*SHAPE]. Without any notes there is no gap."""
        counts = self.counts.astype(np.float64)
        whole = counts.sum(axis=(2, 3, 4), keepdims=True)
        total = whole.sum(axis=-1, keepdims=True)
        none = np.eye(GAPS)[0]
        usual = np.where(total > 0, whole / np.maximum(total, 1.0), none)
        mixed = counts + _PRIOR * usual
        sums: npt.NDArray[np.float64] = np.cumsum(mixed / mixed.sum(-1, keepdims=True), axis=-1)
        return sums


def length_class(sixteenths: npt.ArrayLike) -> Ints:
    """The class of lengths in whole sixteenths, of any shape."""
    return np.searchsorted(LENGTH_EDGES, np.asarray(sixteenths), "right").astype(np.int64)


def gap_class(gaps: Floats) -> Ints:
    """The class of gaps in sixteenths, of any shape."""
    return np.searchsorted(EDGES[1:-1], gaps, "right").astype(np.int64)


def gap_within(number: int, place: float) -> float:
    """The gap at a place, 0..1, of a class, in sixteenths."""
    return 0.0 if number == 0 else EDGES[number] + place * (EDGES[number + 1] - EDGES[number])


def write_table(table: ArticulationTable, path: Path) -> None:
    """Write a table. Raises EmsyncError if the file can't be written."""
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, counts=table.counts)
    write_atomically(path, buffer.getvalue())


@cache
def read_cumulative(path: Path = SHIPPED) -> npt.NDArray[np.float64]:
    """The cumulative probabilities of a table in a file.

    Raises EmsyncError for a file that is missing, damaged or of another kind.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            counts = file["counts"]
    except FileNotFoundError as error:
        raise EmsyncError(f"{path}: no articulation there; install emsync again") from error
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise EmsyncError(f"{path}: no articulation; give a file that emsync wrote") from error
    if counts.shape != SHAPE or counts.dtype != np.uint32:
        raise EmsyncError(f"{path}: articulation of another version; count it again")
    return ArticulationTable(counts).cumulative()
