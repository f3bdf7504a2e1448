"""Is what one may ask for beyond emotion given: tempo, key, metre, density?

Tempo and metre are those of the tempo map that a DAW would count by, key is that of the profiles
that also labelled the corpus; a relative major or minor counts apart, and so does half or double
the tempo. Tempo, metre and key are asked for together, as users do, and density alone.
What excerpts of songs score against the labels of the whole songs is the ceiling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats
from engine.evaluation.boundaries import EMOTION
from engine.evaluation.pieces import Request
from engine.metrics.note_arrays import note_arrays
from engine.metrics.statistics import Json, estimate, pearson, proportion
from engine.music.conditions import ALL, KEYS, METRES, Conditions
from engine.music.key import find_key
from engine.music.tempo import PPQ, TempoMap, tempo_map
from engine.score import Score

DURATION = 30.0
TEMPOS = (70.0, 170.0)
DENSITIES = (4.0, 20.0)
"""Notes a second."""
TOLERANCE = math.log2(1.03)
"""How far apart two tempi may be to count as one, in octaves: 3%."""
CONTROLS = ("tempo", "key", "metre", "density")

Wish = tuple[Conditions, Score]
"""What was asked for, NaN where nothing was, and the piece."""
Excerpt = tuple[npt.NDArray[np.float32], Score]
"""The conditions of a whole song, as ``Conditions.vector(ALL)``, and an excerpt of it."""


def requests(count: int, controls: Sequence[str], rng: np.random.Generator) -> list[Request]:
    """``count`` pieces that ask for tempo, metre and key, and as many for density.

    Only what the network has ``controls`` for is asked, and nothing at all if it has none.
    """
    asked: list[Request] = []
    for group in (("tempo", "metre", "key"), ("density",)):
        known = [name for name in group if name in controls]
        for _ in range(count if known else 0):
            valence, arousal = rng.uniform(-EMOTION, EMOTION, 2).tolist()
            drawn = {
                "tempo": _between(TEMPOS, rng),
                "key": float(rng.integers(len(KEYS))),
                "metre": float(METRES.index("4/4" if rng.random() < 0.5 else "3/4")),
                "density": _between(DENSITIES, rng),
            }
            conditions = Conditions(**{name: drawn[name] for name in known})
            seed = 10_000 + len(asked)
            asked.append(Request(DURATION, seed, valence, arousal, conditions=conditions))
    return asked


def _between(limits: tuple[float, float], rng: np.random.Generator) -> float:
    """A number as likely in each octave between the limits."""
    return round(float(np.exp(rng.uniform(*np.log(limits)))), 2)


def main_tempo(counted: TempoMap, duration: float) -> float:
    """Quarter notes a minute in the middle of all seconds (the median by time)."""
    ticks = [tempo.tick for tempo in counted.tempos]
    starts = counted.seconds_at(np.array(ticks) / PPQ)
    spans = np.diff(np.append(starts, max(duration, float(starts[-1]))))
    rates = 6e7 / np.array([tempo.microseconds for tempo in counted.tempos])
    order = np.argsort(rates)
    middle = np.searchsorted(np.cumsum(spans[order]), spans.sum() / 2)
    return float(rates[order][middle])


def main_metre(counted: TempoMap, duration: float) -> str:
    """The metre that holds longest, as ``3/4``."""
    starts = [metre.tick for metre in counted.metres]
    spans = np.diff([*starts, max(float(counted.beat_at(duration)) * PPQ, starts[-1])])
    total: dict[str, float] = {}
    for metre, span in zip(counted.metres, spans.tolist(), strict=True):
        name = f"{metre.numerator}/{metre.denominator}"
        total[name] = total.get(name, 0.0) + span
    return max(total, key=total.__getitem__)


def heard(score: Score) -> Conditions:
    """The conditions a piece meets: its emotion is not judged here; NaN where unclear."""
    counted = tempo_map(score)
    pitched = note_arrays(score).pitched
    metre = main_metre(counted, score.duration)
    return Conditions(
        tempo=main_tempo(counted, score.duration),
        metre=float(METRES.index(metre)) if metre in METRES else math.nan,
        key=find_key(pitched.pitch, pitched.length),
        density=len(score.notes) / score.duration,
    )


def evaluate(pieces: Sequence[Wish], songs: Sequence[Excerpt], rng: np.random.Generator) -> Json:
    """Shares of pieces that give what was asked, with intervals and n.

    The figures of the songs, each against its own conditions, come under ``songs``.
    """
    wished = _rows([wish.vector(ALL) for wish, _ in pieces])
    got = [heard(score) for _, score in pieces]
    report = _figures(wished, _rows([one.vector(ALL) for one in got]), rng)
    for name, figures in report.items():
        both = [
            (getattr(wish, name), getattr(one, name))
            for (wish, _), one in zip(pieces, got, strict=True)
        ]
        figures["pairs"] = [list(pair) for pair in both if not math.isnan(pair[0])]
    labels = _rows([row for row, _ in songs])
    found = _rows([heard(score).vector(ALL) for _, score in songs])
    return {**report, "songs": _figures(labels, found, rng)}


def _rows(vectors: Sequence[npt.NDArray[np.float32]]) -> Floats:
    return np.array(vectors, np.float64).reshape(-1, len(ALL))


def _figures(wished: Floats, got: Floats, rng: np.random.Generator) -> Json:
    """Figures by control of conditions [n, len(ALL)], tempo and density in octaves."""
    asked = {}
    for name in CONTROLS:
        column = ALL.index(name)
        known = np.isfinite(wished[:, column])
        asked[name] = wished[known, column], got[known, column]
    off = asked["tempo"][1] - asked["tempo"][0]
    scales = [np.where(key >= 12, key + 3, key) % 12 for key in asked["key"]]
    wish, density = asked["density"]
    return {
        "tempo": {
            **_share(np.abs(off) <= TOLERANCE),
            "half_or_double": _share(np.abs(np.abs(off) - 1) <= TOLERANCE),
        },
        "key": {
            **_share(np.equal(*asked["key"])),
            "same_scale": _share(np.equal(*scales)),
        },
        "metre": _share(np.equal(*asked["metre"])),
        "density": {
            **estimate(pearson, wish, density, rng=rng),
            "median_ratio": float(2 ** np.median(density - wish)) if len(wish) else math.nan,
        },
    }


def _share(given: npt.NDArray[np.bool_]) -> Json:
    return proportion(int(given.sum()), len(given))
