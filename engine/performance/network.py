"""The velocity network: a table, and two small layers on the sum of its rows.

Every feature of a note is the number of a row. What the score says is summed for many notes at
once; the velocities before are added note by note. Plain numpy is faster here than a call of an
inference runtime: one note needs some twenty thousand multiplications.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from engine.arrays import Ints
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.performance import features, history, style
from engine.performance.bins import BINS

SHIPPED = Path(__file__).parents[1] / "weights" / "performance.npz"
SIZES = (*features.SIZES, *style.SIZES, *history.SIZES)
"""The number of values of all features of a note: of the score, the style, and the history."""
OFFSETS = np.cumsum([0, *SIZES[:-1]])
"""The first row of each feature."""
_OF_SCORE = features.COUNT + style.COUNT
_PAST = OFFSETS[_OF_SCORE:]
_ARRAYS = ("table", "inner", "inner_bias", "outer", "outer_bias")

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VelocityNetwork:
    """Gives the logits of a note's velocity bins.

    table: [rows, width]. inner: [width, hidden] and its bias [hidden]. outer: [hidden, BINS] and
    its bias [BINS].
    """

    table: Weights
    inner: Weights
    inner_bias: Weights
    outer: Weights
    outer_bias: Weights

    def sums(self, score: Ints) -> Weights:
        """What the score and the style contribute to the first layer, [n, width].

        score: their features, [n, features.COUNT + style.COUNT].
        """
        rows = score + OFFSETS[:_OF_SCORE]
        total: Weights = self.table[rows[:, 0]]
        for column in rows.T[1:]:
            total += self.table[column]
        return total

    def logits(self, score_sum: Weights, before: list[int]) -> Weights:
        """The logits [BINS] of one note.

        score_sum: its row of :meth:`sums`. before: the features of the velocities before it.
        """
        first = np.add.reduce(self.table.take(np.add(before, _PAST), 0), 0)
        first += score_sum
        np.maximum(first, 0.0, out=first)
        second = first.dot(self.inner)
        second += self.inner_bias
        np.maximum(second, 0.0, out=second)
        return second.dot(self.outer) + self.outer_bias


def write_network(network: VelocityNetwork, path: Path) -> None:
    """Write a network in half precision. Raises EmsyncError if the file can't be written."""
    buffer = BytesIO()
    arrays = {name: getattr(network, name).astype(np.float16) for name in _ARRAYS}
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomically(path, buffer.getvalue())


@cache
def read_network(path: Path = SHIPPED) -> VelocityNetwork:
    """Read a network. Raises EmsyncError for a file that is missing, damaged or of another kind."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float32) for name in _ARRAYS}
    except FileNotFoundError as error:
        raise EmsyncError(f"{path}: no velocity network there; install emsync again") from error
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise EmsyncError(f"{path}: no velocity network; give a file that emsync wrote") from error
    width, hidden = arrays["inner"].shape if arrays["inner"].ndim == 2 else (0, 0)
    shapes = {
        "table": (sum(SIZES), width), "inner": (width, hidden), "inner_bias": (hidden,),
        "outer": (hidden, BINS), "outer_bias": (BINS,),
    }  # fmt: skip
    if any(arrays[name].shape != shape for name, shape in shapes.items()):
        raise EmsyncError(f"{path}: a velocity network of another version; train it again")
    return VelocityNetwork(**arrays)
