"""How long notes last beside the time to the part's next onset: the gate ratio of sequencers.

It is 1 where notes are connected, below where they are detached, and above where they overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from engine.arrays import Floats
from engine.metrics.statistics import Json
from engine.score import Instrument, Note, Score

TOGETHER = 0.04
"""Seconds within which onsets of a part are one chord."""
EDGES = (0.6, 0.97, 1.03)
"""Edges of the classes of gate ratios."""
CLASSES = ("short", "detached", "connected", "overlapping")
"""What the classes are called."""
FEWEST = 30
"""Notes with a gate ratio that a part must have."""
PITCHED = tuple(each for each in Instrument if each is not Instrument.DRUMS)


def gate_ratios(notes: Iterable[Note]) -> Floats:
    """The gate ratios of a part's notes but the last chord's, by onset."""
    played = sorted(notes, key=lambda note: note.onset)
    if not played:
        return np.zeros(0)
    onset = np.array([note.onset for note in played])
    end = np.array([note.end for note in played])
    starts = np.flatnonzero(np.append(True, np.diff(onset) > TOGETHER))
    chord = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(onset))))
    begins = onset[starts]
    until = np.append(np.diff(begins), np.inf)[chord]
    known = np.isfinite(until)
    return (end - onset)[known] / until[known]


def evaluate(scores: Sequence[Score]) -> Json:
    """For each part, the mean shares of gate ratios in scores, and the median of their medians.

    ``n``: how many scores have enough notes of the part.
    """
    report: Json = {}
    for part in PITCHED:
        found = [gate_ratios(score.part(part)) for score in scores]
        found = [ratios for ratios in found if len(ratios) >= FEWEST]
        shares = [
            np.bincount(np.searchsorted(EDGES, ratios, "right"), minlength=len(CLASSES))
            / len(ratios)
            for ratios in found
        ]
        row: Json = {"n": len(found)}
        if found:
            row |= dict(zip(CLASSES, np.mean(shares, axis=0).tolist(), strict=True))
            row["median"] = float(np.median([np.median(ratios) for ratios in found]))
        report[part.value] = row
    return report
