"""Harmony: in key, moving, and nowhere strange."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from engine.arrays import Floats
from engine.metrics import harmony
from engine.metrics.grid import SIXTEENTH
from engine.metrics.musicality import pitch_class_entropy
from engine.rating.measured_piece import MeasuredPiece

FEWEST = 4
"""Notes of a bar from which on its key and its harmony count."""
BLOCK = 256
"""Bars that are compared with all others at once."""
NEARLY = 0.9
"""The Jaccard index from which on two bars are nearly alike."""


def measures(piece: MeasuredPiece) -> dict[str, float]:
    """Every measure by name; NaN where there is nothing to measure.

    in_key: the share of notes in the scale of their key. clash: the greatest share of notes out of
    it in any bar. strange: how little the strangest bar is like any bar but its neighbours, as 1
    less the cosine of pitch classes. foreign: the mean surprise of the notes of the most surprising
    bar, in bits, for who knows how often other bars have each pitch class. once: the share of notes
    whose pitch their part has in no bar but this and its neighbours. rub: of the pairs of pitch
    classes that sound at once, the share a semitone apart. still, loop: as
    :mod:`engine.metrics.harmony` defines them, but of all bars. run: the most bars in a row that
    are nearly alike. entropy: of pitch classes, in bits.
    """
    pitched = piece.notes.where(piece.pitched)
    in_key = piece.in_key[piece.pitched]
    vectors, bars = pitch_classes(piece), _played(piece)
    return {
        "in_key": float(in_key.mean()) if len(in_key) else math.nan,
        "clash": _clash(piece),
        "strange": _strange(piece, vectors),
        "foreign": _foreign(piece),
        "once": _once(piece),
        "rub": _rub(piece),
        "still": _still(vectors),
        "loop": _loop(bars),
        "run": _run(bars),
        "entropy": pitch_class_entropy(pitched),
    }


def _clash(piece: MeasuredPiece) -> float:
    notes, outside = (
        np.bincount(piece.bar[chosen], minlength=piece.bars)
        for chosen in (piece.pitched, piece.pitched & ~piece.in_key)
    )
    enough = notes >= FEWEST
    return float((outside[enough] / notes[enough]).max()) if enough.any() else math.nan


def _foreign(piece: MeasuredPiece) -> float:
    counts = np.zeros((piece.bars, 12))
    chosen = piece.pitched
    np.add.at(counts, (piece.bar[chosen], piece.notes.pitch[chosen] % 12), 1.0)
    around = np.stack([counts[max(0, bar - 1) : bar + 2].sum(0) for bar in range(piece.bars)])
    # One note of each kind stands for those that the rest might have had.
    others = counts.sum(axis=0) - around + 1
    bits = -np.log2(others / others.sum(axis=1, keepdims=True))
    notes = counts.sum(axis=1)
    enough = notes >= FEWEST
    surprise = (counts * bits).sum(axis=1)[enough] / notes[enough]
    return float(surprise.max()) if len(surprise) > 3 else math.nan


def _once(piece: MeasuredPiece) -> float:
    chosen = piece.pitched
    if piece.bars < 4 or not chosen.any():
        return math.nan
    keys = piece.notes.part[chosen] * 128 + piece.notes.pitch[chosen]
    kinds, key = np.unique(keys, return_inverse=True)
    bar = piece.bar[chosen]
    played = np.zeros((piece.bars + 2, len(kinds)), np.int64)
    np.add.at(played, (bar + 1, key), 1)
    near = played[:-2] + played[1:-1] + played[2:]
    return float(np.mean(near[bar, key] == played.sum(axis=0)[key]))


def _strange(piece: MeasuredPiece, vectors: Floats) -> float:
    norms = np.linalg.norm(vectors, axis=1)
    played = np.flatnonzero(
        (norms > 0) & (np.bincount(piece.bar[piece.pitched], minlength=piece.bars) >= FEWEST)
    )
    if len(played) < 4:
        return math.nan
    unit = vectors[played] / norms[played, None]
    least = 1.0
    for first in range(0, len(played), BLOCK):
        some = slice(first, first + BLOCK)
        alike = unit[some] @ unit.T
        alike[np.abs(played[some, None] - played) <= 1] = -1
        least = min(least, float(alike.max(axis=1).min()))
    return 1 - least


def _rub(piece: MeasuredPiece) -> float:
    frames = math.ceil(float(piece.lines[-1]) / SIXTEENTH)
    onset, end = piece.onset[piece.pitched], piece.end[piece.pitched]
    first = np.clip(np.rint(onset / SIXTEENTH).astype(np.int64), 0, frames - 1)
    last = np.clip(np.rint(end / SIXTEENTH).astype(np.int64), first + 1, frames)
    change = np.zeros((frames + 1, 12))
    pitch = piece.notes.pitch[piece.pitched] % 12
    np.add.at(change, (first, pitch), 1)
    np.add.at(change, (last, pitch), -1)
    sounding = (np.cumsum(change, axis=0) > 0).astype(np.float64)
    count = sounding.sum(axis=1)
    pairs = float((count * (count - 1) / 2).sum())
    return float((sounding * np.roll(sounding, 1, axis=1)).sum()) / pairs if pairs else math.nan


def _still(vectors: Floats) -> float:
    norms = np.linalg.norm(vectors, axis=1)
    both = (norms[1:] > 0) & (norms[:-1] > 0)
    products = (vectors[1:] * vectors[:-1]).sum(axis=1)[both]
    cosines = products / (norms[1:] * norms[:-1])[both]
    return float(np.mean(cosines >= harmony.ALIKE)) if len(cosines) else math.nan


Bars = list[dict[int, set[int]]]
"""Of each bar, the notes of each part: ``sixteenth * 128 + pitch``."""


def _played(piece: MeasuredPiece) -> Bars:
    chosen = piece.pitched
    places = np.rint(piece.place[chosen] / SIXTEENTH).astype(np.int64)
    bars: Bars = [{} for _ in range(piece.bars)]
    for bar, part, note in zip(
        piece.bar[chosen].tolist(),
        piece.notes.part[chosen].tolist(),
        (places * 128 + piece.notes.pitch[chosen]).tolist(),
        strict=True,
    ):
        bars[bar].setdefault(part, set()).add(note)
    return bars


def _loop(bars: Bars) -> float:
    repeats = [
        notes == before.get(part) for before, bar in pairwise(bars) for part, notes in bar.items()
    ]
    return float(np.mean(repeats)) if repeats else math.nan


def _run(bars: Bars) -> float:
    """The longest run of bars whose notes are those of the bar before but for a tenth."""
    whole = [{(part, note) for part, notes in bar.items() for note in notes} for bar in bars]
    longest = run = 1 if any(whole) else math.nan
    for before, bar in pairwise(whole):
        alike = bool(bar) and len(bar & before) >= NEARLY * len(bar | before)
        run = run + 1 if alike else 1
        longest = max(longest, run)
    return float(longest)


def pitch_classes(piece: MeasuredPiece) -> Floats:
    """How long each pitch class lasts in each bar, drums left out: beats, [bars, 12]."""
    chosen = piece.pitched
    begin, end, pitch = piece.onset[chosen], piece.end[chosen], piece.notes.pitch[chosen] % 12
    bar = np.clip(np.searchsorted(piece.lines, begin, "right") - 1, 0, piece.bars - 1)
    vectors = np.zeros((piece.bars, 12))
    # Bar by bar of the notes, since a table of all bars and notes would fill the memory.
    while len(begin):
        share = np.minimum(end, piece.lines[bar + 1]) - np.maximum(begin, piece.lines[bar])
        np.add.at(vectors, (bar, pitch), np.maximum(share, 0))
        goes_on = (end > piece.lines[bar + 1]) & (bar < piece.bars - 1)
        begin, end, pitch = begin[goes_on], end[goes_on], pitch[goes_on]
        bar = bar[goes_on] + 1
    return vectors
