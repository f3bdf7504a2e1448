from __future__ import annotations

import pytest

from engine.metrics.lengths import evaluate, gate_ratios
from engine.score import Instrument, Note, Score


def bass(length, count=40, step=0.5):
    return [Note(Instrument.BASS, n * step, n * step + length, 40) for n in range(count)]


def test_a_ratio_is_length_over_the_time_to_the_next_onset():
    assert gate_ratios(bass(0.4, 3)).tolist() == pytest.approx([0.8, 0.8])
    assert len(gate_ratios([])) == 0 and len(gate_ratios(bass(0.4, 1))) == 0


def test_notes_of_a_chord_count_until_the_next_chord():
    late = [Note(Instrument.BASS, note.onset + 0.02, note.end, 47) for note in bass(0.5, 2)]
    assert gate_ratios([*bass(0.5, 2), *late]).tolist() == pytest.approx([1.0, 0.96])


def test_shares_tell_detached_parts_from_connected_ones():
    scores = [Score(tuple(bass(length)), (), (), 20.0) for length in (0.25, 0.4, 0.5, 0.5, 0.7)]
    report = evaluate(scores)
    assert report["piano"] == {"n": 0}
    assert report["bass"] == {
        "n": 5, "short": pytest.approx(0.2), "detached": pytest.approx(0.2),
        "connected": pytest.approx(0.4), "overlapping": pytest.approx(0.2),
        "median": pytest.approx(1.0),
    }  # fmt: skip
