"""A network of one hidden layer that tells how much a window of a film looks like a dissolve.

Its input is :data:`engine.video.blends.FEATURES`. Its weights were trained on made films
(:mod:`engine.benchmarks.dissolve_training`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats

SCALE = 2.0
"""The logit that a score of e is above a score of 1."""
_MOST = 50.0
"""The greatest logit, so that no score is infinite."""


@dataclass(frozen=True, eq=False)
class DissolveNetwork:
    """The weights.

    hidden: [features, units]. hidden_bias, out: [units]. out_bias: less the threshold's logit.
    """

    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: float

    def scores(self, features: NDArray[np.floating[Any]]) -> Floats:
        """Scores [windows], 1 or more for a dissolve; features: [windows, features]."""
        logits = np.tanh(features @ self.hidden + self.hidden_bias) @ self.out + self.out_bias
        return np.asarray(np.exp(np.minimum(logits, _MOST) / SCALE))

    def to_json(self) -> str:
        """The weights as text, a line for each unit."""
        units = np.column_stack([self.hidden.T, self.hidden_bias, self.out])
        lines = ",\n".join(json.dumps(unit) for unit in units.tolist())
        return f'{{"out_bias": {self.out_bias}, "units": [\n{lines}\n]}}\n'


def from_json(text: str) -> DissolveNetwork:
    """The network whose weights :meth:`DissolveNetwork.to_json` wrote."""
    read = json.loads(text)
    units = np.array(read["units"], dtype=np.float64)
    return DissolveNetwork(units[:, :-2].T, units[:, -2], units[:, -1], float(read["out_bias"]))


@cache
def shipped() -> DissolveNetwork:
    """The network that cuts are found with."""
    return from_json(files("engine.video").joinpath("dissolves.json").read_text("utf-8"))
