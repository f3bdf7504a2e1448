"""The reel: cues at their film time, with silence between."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music.reel import joined
from engine.music.tempo import PPQ, TempoMap, tempo_map
from engine.score import BeatMap, Instrument, Note, Score

QUARTER = 0.47
"""Seconds of a beat of the planned cues, 127.7 a minute."""


def planned(seconds: float, beats: int = 4, quarter: float = QUARTER) -> Score:
    """A cue with a note on every beat."""
    count = int(seconds / quarter) + 1
    notes = [
        Note(Instrument.PIANO, n * quarter, min((n + 1) * quarter, seconds), 60)
        for n in range(count)
        if n * quarter < seconds
    ]
    beat_map = BeatMap((0.0, float(count)), (0.0, count * quarter), ((beats, 4),))
    keys, harmony = ((0.0, "A minor"),), ((0.0, "Am"),)
    return Score(tuple(notes), (0.0,), (0.0,), seconds, beat_map, keys, harmony)


def free(seconds: float) -> Score:
    """A cue in free time, with bars of 1.9 s."""
    bars = tuple(float(bar) for bar in np.arange(0.3, seconds, 1.9))
    return Score((Note(Instrument.BASS, 0.3, 0.5, 40),), bars, (), seconds)


def downbeats(found: TempoMap) -> list[float]:
    return found.seconds_at(np.array(found.bars)).tolist()


def test_notes_labels_and_chords_lie_at_film_time():
    reel = joined([(12.2, planned(9.0)), (30.0, planned(5.5, 3))], 60.0)
    assert reel.duration == 60.0
    assert [note.onset for note in reel.notes if note.onset >= 30][:2] == [30.0, 30.0 + QUARTER]
    assert reel.chords == (12.2, 30.0)
    assert reel.keys == ((12.2, "A minor"), (30.0, "A minor"))
    assert reel.harmony == ((12.2, "Am"), (30.0, "Am"))


def test_every_cue_begins_a_bar_at_its_in_point_and_keeps_its_tempo():
    reel = joined([(12.2, planned(9.0)), (30.0, planned(5.5, 3))], 60.0)
    found = tempo_map(reel)
    lines = downbeats(found)
    for start, beats in ((12.2, 4), (30.0, 3)):
        nearest = min(range(len(lines)), key=lambda bar: abs(lines[bar] - start))
        assert lines[nearest] == pytest.approx(start, abs=1e-4)
        assert lines[nearest + 1] - start == pytest.approx(beats * QUARTER, abs=1e-4)


def test_silence_goes_on_in_the_bars_of_the_cue_before():
    found = tempo_map(joined([(0.0, planned(9.0)), (40.0, planned(5.0))], 50.0))
    lines = [line for line in downbeats(found) if line < 40.0 - 1e-3]
    lengths = np.diff(lines[6:])
    assert lengths == pytest.approx(4 * QUARTER, rel=0.1)
    assert {(metre.numerator, metre.denominator) for metre in found.metres} == {(4, 4)}


@pytest.mark.parametrize("silence", [0.0, 0.02, 0.1, 0.5, 1.0])
def test_a_cue_may_follow_at_once(silence):
    start = 9.0 + silence
    found = tempo_map(joined([(0.0, planned(9.0)), (start, planned(5.0))], 20.0))
    assert min(abs(line - start) for line in downbeats(found)) < 1e-4
    assert all(60e6 / tempo.microseconds < 260 for tempo in found.tempos)


lengths = st.floats(1.0, 40.0)
gaps = st.sampled_from([0.0, 0.04]) | st.floats(0.0, 90.0)
cues = st.tuples(gaps, lengths, st.integers(2, 5), st.floats(0.2, 1.5), st.booleans())


@given(st.lists(cues, min_size=1, max_size=6))
def test_every_note_of_every_reel_is_within_a_millisecond_of_its_time(found):
    parts, now = [], 0.0
    for gap, seconds, beats, quarter, in_free_time in found:
        score = free(seconds) if in_free_time else planned(seconds, beats, quarter)
        parts.append((now + gap, score))
        now += gap + seconds
    reel = joined(parts, now)
    beats = tempo_map(reel)
    onsets = np.array([note.onset for note in reel.notes])
    written = beats.seconds_at(beats.tick_at(onsets) / PPQ)
    assert np.abs(written - onsets).max() < 0.001
    lines = np.array(downbeats(beats))
    for start, _ in parts:
        # Each in point is a bar line, but for the rounding of tempi.
        assert np.abs(lines - start).min() < 0.001
    for before, after in pairwise(beats.tempos):
        assert before.tick < after.tick
