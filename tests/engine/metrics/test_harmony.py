from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.metrics.harmony import (
    ALIKE,
    BARS,
    MEASURES,
    compare,
    evaluate,
    loop,
    pitch_classes,
    still,
)
from engine.metrics.note_arrays import note_arrays
from engine.music.tempo import tempo_map
from engine.score import BeatMap, Instrument, Note, Score

BAR = 2.0
"""Seconds of a bar at 120 a minute."""
C, F, G = (48, 52, 55), (53, 57, 60), (55, 59, 62)


def piece(*bars, instrument=Instrument.PIANO, length=BAR) -> Score:
    """A chord a bar, all at once."""
    notes = tuple(
        Note(instrument, bar * BAR, bar * BAR + length, pitch)
        for bar, chord in enumerate(bars)
        for pitch in chord
    )
    duration = (len(bars) + 1) * BAR
    lines = tuple(bar * BAR for bar in range(len(bars) + 1))
    beats = 4.0 * (len(bars) + 1)
    return Score(notes, lines, (), duration, BeatMap((0, beats), (0.0, duration), ((4, 4),)))


def measured(measure, score: Score) -> float:
    return measure(note_arrays(score), tempo_map(score))


def test_one_chord_stands_still_and_loops():
    score = piece(*[C] * 8)
    assert measured(still, score) == measured(loop, score) == 1.0


def test_a_cadence_moves():
    score = piece(C, F, G, C)
    assert measured(still, score) == measured(loop, score) == 0.0


def test_each_step_counts_once():
    assert measured(still, piece(C, C, F, F, G)) == 0.5
    assert measured(loop, piece(C, C, F, F, G)) == 0.5


def test_another_voicing_is_the_same_harmony_but_no_repeat():
    higher = tuple(pitch + 12 for pitch in C)
    assert measured(still, piece(C, higher, C)) == 1.0
    assert measured(loop, piece(C, higher, C)) == 0.0


def test_a_note_counts_by_how_long_it_lasts_in_the_bar():
    score = piece(C, F, length=1.5 * BAR)
    vectors = pitch_classes(note_arrays(score), tempo_map(score))
    assert vectors[0, 0] == pytest.approx(4.0)
    assert vectors[1, [0, 4, 5, 7]] == pytest.approx([2.0 + 4.0, 2.0, 4.0, 2.0])


def test_only_the_first_bars_count():
    assert measured(still, piece(*[C] * BARS, *[F, G] * 4)) == 1.0


def test_drums_and_rests_do_not_count():
    assert math.isnan(measured(still, piece(*[C] * 4, instrument=Instrument.DRUMS)))
    assert math.isnan(measured(still, piece(C, (), C)))
    assert measured(loop, piece(C, (), C)) == 0.0


def test_a_slight_change_is_no_change():
    score = piece(C, (*C, 50))
    assert 0 < ALIKE < 1
    assert measured(still, score) == 0.0
    ornament = Note(Instrument.PIANO, BAR, BAR + 0.1, 50)
    plain = piece(C, C)
    with_ornament = replace(plain, notes=(*plain.notes, ornament))
    assert measured(still, with_ornament) == 1.0
    assert measured(loop, with_ornament) == 0.0


def test_report():
    score = piece(C, F, G, C)
    report = evaluate(score, tempo_map(score))
    assert report == {
        "still": 0.0, "loop": 0.0, "pitch_range": pytest.approx(12.9),
        "bass_pitches": None, "strings_seconds": None,
    }  # fmt: skip
    bass = piece((36,), (41,), (36,), instrument=Instrument.BASS)
    assert evaluate(bass, tempo_map(bass))["bass_pitches"] == 2
    empty = Score((), (0.0,), (), 4.0)
    assert set(evaluate(empty, tempo_map(empty)).values()) == {None}


def test_pieces_are_compared_with_songs_by_the_same_code():
    moving, standing = piece(C, F, G, C), piece(*[C] * 4)
    report = compare([standing, moving, moving], [moving, moving, piece(C, F, F)])
    assert tuple(report) == MEASURES
    still_ones = report["still"]
    assert (still_ones["median"], still_ones["max"], still_ones["n"]) == (0.0, 1.0, 3)
    assert (still_ones["songs"]["median"], still_ones["songs"]["max"]) == (0.0, 0.5)
    assert still_ones["within_songs"]["value"] == pytest.approx(2 / 3)
    assert report["bass_pitches"]["n"] == report["bass_pitches"]["within_songs"]["n"] == 0


def test_without_songs_it_is_unknown_what_lies_within_them():
    report = compare([piece(C, F)], [])
    assert math.isnan(report["still"]["songs"]["median"])
    assert math.isnan(report["still"]["within_songs"]["value"])
