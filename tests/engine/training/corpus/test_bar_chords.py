from __future__ import annotations

import numpy as np
import pytest

from engine.music.conditions import METRES
from engine.score import Instrument
from engine.training.corpus.bar_chords import bar_chords
from engine.training.corpus.source_song import Clock, SourceSong

BAR = 1920
TRIADS = {"C": (0, 4, 7), "Dm": (2, 5, 9), "F": (5, 9, 0), "G": (7, 11, 2), "Am": (9, 0, 4)}
TRIADS |= {"G7": (7, 11, 2, 5), "Em": (4, 7, 11), "Bdim": (11, 2, 5), "E": (4, 8, 11)}


def song(
    *bars: str,
    transpose: int = 0,
    metre: str = "4/4",
    bass: bool = True,
    drums: tuple[int, ...] = (),
) -> SourceSong:
    """A bar of piano chords for every argument; a space splits a bar in two halves."""
    piano, low = [], []
    for number, bar in enumerate(bars):
        chords = bar.split()
        for place, chord in enumerate(chords):
            length = BAR / len(chords)
            onset = number * BAR + place * length
            pitches = [60 + (step + transpose) % 12 for step in TRIADS.get(chord, ())]
            piano += [(onset, onset + length, pitch) for pitch in pitches]
            low += [(onset, onset + length, pitch - 24) for pitch in pitches[:1]]
    parts = {Instrument.PIANO: columns(piano)}
    if bass:
        parts[Instrument.BASS] = columns(low)
    if drums:
        parts[Instrument.DRUMS] = columns([(bar * BAR, bar * BAR + 60, 36) for bar in drums])
    lines = np.arange(len(bars)) * float(BAR)
    clock = Clock(np.array([0.0]), np.array([1 / 960]), 480, len(bars) * BAR)
    steady = float(METRES.index(metre)) if metre else float("nan")
    return SourceSong(parts, lines, steady, clock, 480)


def columns(notes: list[tuple[float, float, int]]):
    onsets, ends, pitches = (np.array(column) for column in zip(*notes, strict=True))
    return onsets.astype(float), ends.astype(float), pitches.astype(int)


CADENCE = ("C", "Am", "F", "G7") * 3


@pytest.mark.parametrize("transpose", range(12))
def test_chords_are_named_from_the_tonic_in_every_key(transpose):
    chords = bar_chords(song(*CADENCE, "C", transpose=transpose))
    assert chords is not None
    assert not chords.minor
    assert chords.bars == (("0",), ("9:m",), ("5",), ("7:7",)) * 3 + (("0",),)


def test_a_song_in_minor_is_named_from_its_minor_tonic():
    chords = bar_chords(song(*("Am", "Dm", "E", "Am") * 3))
    assert chords is not None
    assert chords.minor
    assert chords.bars[:4] == (("0:m",), ("5:m",), ("7",), ("0:m",))


def test_a_bar_whose_halves_differ_has_two_chords():
    chords = bar_chords(song(*CADENCE, "F G", "C"))
    assert chords is not None
    assert chords.bars[-2:] == (("5", "7"), ("0",))


def test_a_bar_of_three_beats_has_one_chord():
    chords = bar_chords(song(*CADENCE, "F G", "C", metre="3/4"))
    assert chords is not None
    assert {len(bar) for bar in chords.bars} <= {0, 1}


def test_the_bass_tells_which_chord_a_bar_has():
    """A, C, E and G are Am7 above an A, and C with an added sixth above a C."""
    with_a, with_c = (
        bar_chords(with_bar(song(*CADENCE, "-", "C"), (9, 0, 4, 7), low)) for low in (9, 0)
    )
    assert with_a is not None
    assert with_c is not None
    assert with_a.bars[-2] == ("9:m7",)
    assert with_c.bars[-2] == ("0",)


def with_bar(source: SourceSong, classes: tuple[int, ...], low: int) -> SourceSong:
    """The song with a chord in its last bar but one."""
    onset = (len(source.bars) - 2) * float(BAR)
    for instrument, pitches in (
        (Instrument.PIANO, [60 + step for step in classes]),
        (Instrument.BASS, [36 + low]),
    ):
        more = columns([(onset, onset + BAR, pitch) for pitch in pitches])
        old = source.parts[instrument]
        source.parts[instrument] = tuple(map(np.concatenate, zip(old, more, strict=True)))
    return source


def test_bars_run_from_the_first_pitched_note_to_the_last():
    chords = bar_chords(song("-", "-", *CADENCE, "C", "-", drums=(0,)))
    assert chords is not None
    assert len(chords.bars) == len(chords.entries) == 13


def test_a_bar_without_a_clear_chord_has_none():
    source = with_bar(song(*CADENCE, "-", "C"), (0, 1, 2, 3, 4, 5, 6), 1)
    chords = bar_chords(source)
    assert chords is not None
    assert chords.bars[-2] == ()


def test_instruments_that_begin_or_stop_are_entries():
    chords = bar_chords(song(*CADENCE, drums=(4, 5, 6, 7)))
    assert chords is not None
    assert chords.entries == (2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "source",
    [
        song(*CADENCE, metre=""),
        song("C", "F", "G", "C"),
        song(*("Dm", "E", "Dm", "E") * 3),
    ],
    ids=["a changing metre", "a short song", "no tonic"],
)
def test_an_unclear_song_has_no_chords(source):
    assert bar_chords(source) is None


def test_drums_alone_have_no_chords():
    source = song(*CADENCE, drums=(0, 1))
    del source.parts[Instrument.PIANO], source.parts[Instrument.BASS]
    assert bar_chords(source) is None


def test_a_passage_in_another_key_is_left_out():
    there = [*CADENCE] * 2
    away = song(*there, *["-"] * 16, *there)
    far = song(*["-"] * 24, *("C", "F", "G", "C") * 4, *["-"] * 24, transpose=6)
    for instrument in away.parts:
        both = zip(away.parts[instrument], far.parts[instrument], strict=True)
        away.parts[instrument] = tuple(np.concatenate(column) for column in both)
    chords = bar_chords(away)
    assert chords is not None
    assert set(chords.bars[29:36]) == {()}
    assert all(chords.bars[:20])
