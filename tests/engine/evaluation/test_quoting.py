from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.quoting import LENGTHS, evaluate, quoted_passages
from engine.music.events import encode, normalise
from engine.score import Instrument, Note, Score


def tokens(pitches, instrument=Instrument.PIANO):
    notes = (Note(instrument, n / 4, n / 4 + 0.25, int(p)) for n, p in enumerate(pitches))
    return encode(normalise(Score(tuple(notes), (), (), len(pitches) / 4)))


def tune(seed: int, notes: int = 60) -> list[int]:
    return np.random.default_rng(seed).integers(50, 80, notes).tolist()


SONGS = [tokens(tune(seed)) for seed in range(5)]


def test_a_quote_is_counted_at_its_length_and_below():
    piece = tokens([*tune(50, 40), *(pitch + 5 for pitch in tune(3)[10:40])], Instrument.STRINGS)
    quoted = quoted_passages([piece], SONGS)
    counts = {length: sum(int(part.sum()) for part in quoted[length][0]) for length in LENGTHS}
    assert counts == {12: 19, 16: 15, 20: 11, 24: 7, 32: 0, 48: 0, 64: 0}


def test_sets_are_told_apart():
    found = evaluate({"own": [tokens(tune(50))], "songs": SONGS[:2]}, SONGS)
    assert found["own"]["24"]["share"] == 0.0
    assert found["songs"]["24"]["share"] == found["songs"]["48"]["share"] == 1.0
    assert found["songs"]["24"]["most"]["value"] == found["songs"]["24"]["any"]["value"] == 1.0


@pytest.mark.parametrize("pitches", [[], [60] * 80, [60, 67] * 40])
def test_what_hardly_moves_is_never_quoted(pitches):
    piece = tokens(pitches)
    assert evaluate({"own": [piece]}, [piece])["own"]["24"]["any"]["value"] == 0.0


def test_nothing_to_count_is_no_fault():
    assert evaluate({"own": []}, SONGS)["own"]["24"]["share"] is None
