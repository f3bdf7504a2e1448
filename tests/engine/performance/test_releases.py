"""Lengths and strokes: never early, never beyond what is written, the same live and at once."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.performance.performer import PerformanceConfig, Performer, perform
from engine.performance.releases import SHORTEST, sixteenths
from engine.performance.strum import SPANS, delays, is_down
from engine.score import BeatMap, Instrument, Note, Score


def humanized(score, amount=1.0, **config):
    return perform(score, PerformanceConfig(0.0, humanize=amount, **config))


def by_pitch(score):
    return sorted(score.notes, key=lambda n: (n.instrument.value, n.pitch, n.onset))


@pytest.fixture
def strummed():
    """Guitar chords of four notes on every eighth of eight bars, each as long as an eighth."""
    notes = [
        Note(Instrument.GUITAR, eighth / 4, (eighth + 1) / 4, pitch)
        for eighth in range(64)
        for pitch in (52, 55, 59, 64)
    ]
    beat_map = BeatMap((0.0, 32.0), (0.0, 16.0), ((4, 4),) * 8)
    return Score(tuple(notes), (), (), 16.0, beat_map)


def test_notes_end_earlier_and_nothing_else_changes(played):
    score = played(16)
    after = humanized(score)
    pairs = list(zip(by_pitch(score), by_pitch(after), strict=True))
    assert all(replace(new, end=old.end) == old for old, new in pairs)
    assert all(new.end <= old.end for old, new in pairs)
    assert all(new.end >= min(old.end, old.onset + SHORTEST) for old, new in pairs)
    early = [old.end - new.end for old, new in pairs if old.instrument is Instrument.BASS]
    assert 0.01 < np.mean(early) < 0.1
    assert replace(after, notes=()) == replace(score, notes=())


def test_drums_and_chords_on_boundaries_are_left_alone(played):
    score = played(16)
    chords = [n for n in score.notes if n.velocity == 120]
    drums = [n for n in score.notes if n.instrument is Instrument.DRUMS]
    assert chords and drums and set(chords + drums) <= set(humanized(score).notes)


def test_the_amount_scales_gaps_and_strokes(strummed):
    half, whole = (by_pitch(humanized(strummed, amount)) for amount in (0.5, 1.0))
    for old, some, all_of_it in zip(by_pitch(strummed), half, whole, strict=True):
        assert old.end - some.end == pytest.approx((old.end - all_of_it.end) / 2)
        assert some.onset - old.onset == pytest.approx((all_of_it.onset - old.onset) / 2)
    assert humanized(strummed, 0.0) == strummed


def test_a_guitar_chord_is_strummed_within_the_grid(strummed):
    after = by_pitch(humanized(strummed))
    late = [new.onset - old.onset for old, new in zip(by_pitch(strummed), after, strict=True)]
    lowest, highest = np.array(late[:64]), np.array(late[-64:])
    span = np.maximum(lowest, highest)
    assert (np.minimum(lowest, highest) == 0).all()
    assert SPANS[0] <= span.min() and span.max() <= SPANS[1] + 1e-9
    down = lowest == 0
    assert down[::2].mean() > down[1::2].mean() > 0.4, "more down strokes on the beat"


def test_two_notes_and_other_instruments_are_not_strummed(strummed):
    two = replace(strummed, notes=tuple(n for n in strummed.notes if n.pitch < 56))
    piano = replace(
        strummed, notes=tuple(replace(n, instrument=Instrument.PIANO) for n in strummed.notes)
    )
    for score in (two, piano):
        assert [n.onset for n in by_pitch(humanized(score))] == [n.onset for n in by_pitch(score)]


@pytest.mark.parametrize("dynamics", [0.0, 1.0])
@pytest.mark.parametrize("planned", [True, False])
def test_a_piece_in_progress_is_played_as_the_finished_one(played, network, dynamics, planned):
    score = played(8, planned)
    config = PerformanceConfig(dynamics, 3, humanize=1.0, brightness=((0.0, -0.5), (6.0, 0.5)))
    whole = perform(score, config, network=network)
    performer = Performer(config, score.beat_map, network=network)
    live = []
    for onset, notes in groupby(score.notes, lambda note: note.onset):
        live += performer.push(notes, score.chords, math.nextafter(onset, math.inf))
    assert tuple(live) == whole.notes


def test_joyful_music_is_more_detached_than_sad_music(played):
    def gap(brightness):
        score = played(32)
        pairs = zip(
            by_pitch(score),
            by_pitch(humanized(score, brightness=((0.0, brightness),))),
            strict=True,
        )
        return np.mean([old.end - new.end for old, new in pairs])

    assert gap(0.8) > 1.3 * gap(-0.8)


def test_the_seed_decides_lengths(played):
    assert humanized(played(), seed=1) == humanized(played(), seed=1)
    assert humanized(played(), seed=1) != humanized(played(), seed=2)


def test_sixteenths_follow_the_tempo():
    at = sixteenths(BeatMap((0.0, 4.0, 8.0), (0.0, 2.0, 6.0), ((4, 4),)))
    assert [at(seconds) for seconds in (0.0, 1.9, 2.0, 5.0, 60.0)] == [
        0.125, 0.125, 0.25, 0.25, 0.25,
    ]  # fmt: skip


def test_strokes():
    assert delays((40, 45, 50), 0.01, down=True) == [0.0, 0.005, 0.01]
    assert delays((40, 45, 50), 0.01, down=False) == [0.01, 0.005, 0.0]
    assert is_down(4.0, 0.8) and not is_down(4.25, 0.8)
    assert is_down(1 / 3, 0.65) and is_down(-1.0, 0.65) and not is_down(-1.0, 0.75)


def test_ten_thousand_notes_at_one_instant_are_all_played():
    notes = [Note(i, 0.0, 0.5, p, 1) for i in Instrument for p in range(100) for _ in range(20)]
    assert len(humanized(Score(tuple(notes), (), (), 1.0)).notes) == 10_000


def test_an_amount_out_of_range_is_an_error():
    with pytest.raises(EmsyncError, match="humanize 2: give 0"):
        PerformanceConfig(humanize=2.0)
