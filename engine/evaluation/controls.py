"""Does a piece have the tempo, key, metre and density that were asked for?

Tempo and metre are those of the tempo map, by which a DAW would count. The key comes from the
profiles that also labelled the corpus. Besides exact matches, the report counts pieces in the
relative major or minor, and pieces at half or double the tempo. Tempo, metre and key are asked for
together, as users do, and density alone. The ceiling is what excerpts of songs score against the
labels of the whole songs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats, Mask
from engine.evaluation.references import Excerpt
from engine.evaluation.request import Request, draw_emotion
from engine.metrics.note_arrays import note_arrays
from engine.metrics.statistics import Json, estimate, pearson, proportion
from engine.music.conditions import ALL, KEYS, METRES, Conditions
from engine.music.key import find_key
from engine.music.tempo import PPQ, TempoMap, tempo_map
from engine.score import Score

DURATION = 30.0
TEMPOS = (70.0, 170.0)
"""The range of tempi asked for, in quarter notes a minute."""
DENSITIES = (4.0, 20.0)
"""The range of densities asked for, in notes a second."""
TOLERANCE = math.log2(1.03)
"""How far apart two equal tempi may be, in octaves: 3%."""
CONTROLS = ("tempo", "key", "metre", "density")

Piece = tuple[Conditions, Score]
"""What was asked for (NaN: nothing), and the piece."""


def requests(count: int, controls: Sequence[str], rng: np.random.Generator) -> list[Request]:
    """``count`` pieces that ask for tempo, metre and key, and as many that ask for density.

    controls: the conditions that the network knows. No others are asked for; a group without any
    has no pieces.
    """
    asked: list[Request] = []
    for group in (("tempo", "metre", "key"), ("density",)):
        known = [name for name in group if name in controls]
        for _ in range(count if known else 0):
            valence, arousal = draw_emotion(rng)
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
    """A number that is equally likely in each octave between the limits."""
    return round(float(np.exp(rng.uniform(*np.log(limits)))), 2)


def main_tempo(tempi: TempoMap, duration: float) -> float:
    """The median over time of the tempo, in quarter notes a minute; duration in seconds."""
    ticks = [tempo.tick for tempo in tempi.tempos]
    starts = tempi.seconds_at(np.array(ticks) / PPQ)
    spans = np.diff(np.append(starts, max(duration, float(starts[-1]))))
    rates = 6e7 / np.array([tempo.microseconds for tempo in tempi.tempos])
    order = np.argsort(rates)
    middle = np.searchsorted(np.cumsum(spans[order]), spans.sum() / 2)
    return float(rates[order][middle])


def main_metre(tempi: TempoMap, duration: float) -> str:
    """The metre that lasts longest in all, as ``3/4``; duration in seconds."""
    starts = [metre.tick for metre in tempi.metres]
    spans = np.diff([*starts, max(float(tempi.beat_at(duration)) * PPQ, starts[-1])])
    total: dict[str, float] = {}
    for metre, span in zip(tempi.metres, spans.tolist(), strict=True):
        name = f"{metre.numerator}/{metre.denominator}"
        total[name] = total.get(name, 0.0) + span
    return max(total, key=total.__getitem__)


def measure_conditions(score: Score) -> Conditions:
    """The conditions that a piece meets, without emotion; NaN where unclear."""
    tempi = tempo_map(score)
    pitched = note_arrays(score).pitched
    metre = main_metre(tempi, score.duration)
    return Conditions(
        tempo=main_tempo(tempi, score.duration),
        metre=float(METRES.index(metre)) if metre in METRES else math.nan,
        key=find_key(pitched.pitch, pitched.length),
        density=len(score.notes) / score.duration,
    )


def evaluate(pieces: Sequence[Piece], songs: Sequence[Excerpt], rng: np.random.Generator) -> Json:
    """The shares of pieces that have what was asked for, with intervals and n.

    The same figures of the songs, against their own conditions, are under ``songs``.
    """
    requested = _rows([conditions.vector(ALL) for conditions, _ in pieces])
    found = [measure_conditions(score) for _, score in pieces]
    report = _figures(requested, _rows([one.vector(ALL) for one in found]), rng)
    for name, figures in report.items():
        both = [
            (getattr(conditions, name), getattr(one, name))
            for (conditions, _), one in zip(pieces, found, strict=True)
        ]
        figures["pairs"] = [list(pair) for pair in both if not math.isnan(pair[0])]
    labels = _rows([row for row, _ in songs])
    of_songs = _rows([measure_conditions(score).vector(ALL) for _, score in songs])
    return {**report, "songs": _figures(labels, of_songs, rng)}


def _rows(vectors: Sequence[np.ndarray]) -> Floats:
    """Condition vectors as rows [n, len(ALL)]."""
    return np.array(vectors, np.float64).reshape(-1, len(ALL))


def _figures(requested: Floats, found: Floats, rng: np.random.Generator) -> Json:
    """Figures by control, of conditions [n, len(ALL)] with tempo and density in octaves."""
    pairs = {}
    for name in CONTROLS:
        column = ALL.index(name)
        known = np.isfinite(requested[:, column])
        pairs[name] = requested[known, column], found[known, column]
    off = pairs["tempo"][1] - pairs["tempo"][0]
    scales = [np.where(key >= 12, key + 3, key) % 12 for key in pairs["key"]]
    asked, density = pairs["density"]
    return {
        "tempo": {
            **_share(np.abs(off) <= TOLERANCE),
            "half_or_double": _share(np.abs(np.abs(off) - 1) <= TOLERANCE),
        },
        "key": {
            **_share(np.equal(*pairs["key"])),
            "same_scale": _share(np.equal(*scales)),
        },
        "metre": _share(np.equal(*pairs["metre"])),
        "density": {
            **estimate(pearson, asked, density, rng=rng),
            "median_ratio": float(2 ** np.median(density - asked)) if len(asked) else math.nan,
        },
    }


def _share(met: Mask) -> Json:
    return proportion(int(met.sum()), len(met))
