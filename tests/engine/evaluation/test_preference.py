"""The rating prefers made-up music to the same with a fault."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine.evaluation.corruptions import FAULTS, JITTER
from engine.evaluation.other_corruptions import OTHERS
from engine.evaluation.preference import Pair, ratings
from engine.score import Instrument

SEEDS = range(6)


@pytest.mark.parametrize("name", [*FAULTS, *OTHERS])
def test_the_uncorrupted_piece_is_rated_higher(band, name):
    fault = {**FAULTS, **OTHERS}[name]
    wins = 0
    for seed in SEEDS:
        piece = band(seed)
        corrupted = fault(piece, np.random.default_rng(seed))
        assert corrupted is not None and corrupted != piece
        good, bad = ratings(Pair(piece, corrupted, name == "the ending is cut"))
        wins += good > bad
    assert wins >= len(SEEDS) - 1


def test_each_fault_changes_only_what_it_should(band):
    piece, rng = band(3), np.random.default_rng(0)
    counts = Counter(note.instrument for note in piece.notes)
    silenced = FAULTS["a part is missing"](piece, rng)
    assert len(counts - Counter(n.instrument for n in silenced.notes)) == 1
    higher = FAULTS["two bars are transposed"](piece, rng)
    moved = sum(a.pitch != b.pitch for a, b in zip(piece.notes, higher.notes, strict=True))
    pitched = sum(note.instrument is not Instrument.DRUMS for note in piece.notes)
    assert 0 < moved <= 2.5 * pitched / 20
    late = FAULTS["onsets are jittered"](piece, rng)
    off = [a.onset - b.onset for a, b in zip(sorted_(late), sorted_(piece), strict=True)]
    assert np.std(off) < 2 * JITTER
    short = FAULTS["the ending is cut"](piece, rng)
    assert 2 <= piece.duration - short.duration <= 6
    assert max(note.end for note in short.notes) <= short.duration


def sorted_(score):
    return sorted(score.notes, key=lambda note: (note.instrument.value, note.pitch, note.onset))


def test_a_looped_bar_comes_three_times(band):
    piece = band(4)
    corrupted = FAULTS["a bar is looped"](piece, np.random.default_rng(1))

    def bar(score, number):
        begin = number * 2.0
        return {
            (n.instrument, n.pitch, round(n.onset - begin, 3))
            for n in score.notes
            if begin - 0.01 <= n.onset < begin + 1.99
        }

    assert any(
        bar(corrupted, n) == bar(corrupted, n + 1) == bar(corrupted, n + 2) != bar(piece, n + 1)
        for n in range(17)
    )
