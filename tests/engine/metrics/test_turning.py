from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.metrics.turning import bars_until_noticed, counts, part, seam
from engine.score import Instrument, Note, Score

PIANO, DRUMS = Instrument.PIANO, Instrument.DRUMS
BAR = 2.0


def music(bars: int, rate: int, pitch: int, velocity: int = 80, drums: bool = False) -> list[Note]:
    """Bars of repeated notes, ``rate`` a bar."""
    length = BAR / rate
    notes = [Note(PIANO, n * length, (n + 1) * length, pitch, velocity) for n in range(bars * rate)]
    hits = [Note(DRUMS, n * BAR, n * BAR + 0.1, 36, velocity) for n in range(bars)]
    return notes + hits * drums


def piece(*halves: list[Note], bars: int = 4) -> Score:
    """Halves of equally many bars, one after the other."""
    notes = [
        replace(note, onset=note.onset + bars * BAR * number, end=note.end + bars * BAR * number)
        for number, half in enumerate(halves)
        for note in half
    ]
    ends = bars * BAR * len(halves)
    lines = tuple(BAR * n for n in range(bars * len(halves)))
    return Score(tuple(sorted(notes, key=lambda note: note.onset)), lines, (), ends)


def test_what_plays_is_counted():
    found = counts(piece(music(4, 4, 60, 90, drums=True)))
    assert found["notes_a_second"] == pytest.approx(2.5)
    assert (found["mean_pitch"], found["drums_share"]) == (60, pytest.approx(0.2))
    assert (found["mean_velocity"], found["players"]) == (90, 2)
    triad = Score(tuple(Note(PIANO, 0.0, 4.0, pitch) for pitch in (57, 60, 64, 69)), (), (), 4.0)
    assert counts(triad)["minor"] == 1
    with_bass = replace(triad, notes=(Note(Instrument.BASS, 0.0, 4.0, 33), *triad.notes))
    assert counts(with_bass)["mean_pitch"] == counts(triad)["mean_pitch"]
    nothing = counts(Score((), (), (), 4.0))
    assert nothing["notes_a_second"] == 0 and math.isnan(nothing["mean_pitch"])


def test_a_part_is_a_piece_of_its_own():
    half = part(piece(music(4, 4, 60), music(4, 8, 72)), 8.0, 16.0)
    assert {note.pitch for note in half.notes} == {72}
    assert half.notes[0].onset == 0 and half.duration == 8
    assert half.bars == (0.0, 2.0, 4.0, 6.0)


def test_a_change_is_noticed_in_its_first_bar():
    assert bars_until_noticed(piece(music(4, 4, 60), music(4, 8, 60)), 8.0) == 1
    assert bars_until_noticed(piece(music(4, 4, 60), music(4, 4, 72)), 8.0) == 1


def test_music_that_waits_is_noticed_late():
    late = piece(music(6, 4, 60), music(6, 4, 60)[:8] + music(6, 16, 80)[32:], bars=6)
    assert bars_until_noticed(late, 12.0) == 3


def test_nothing_is_noticed_in_too_little_music():
    assert bars_until_noticed(piece(music(4, 4, 60)), 6.0) == 0


def test_a_seam_is_a_silence_around_the_change():
    whole = piece(music(4, 4, 60), music(4, 4, 60))
    assert seam(whole, 8.0) == 0
    gap = replace(whole, notes=tuple(n for n in whole.notes if not 7.5 <= n.onset < 8.5))
    assert seam(gap, 8.0) == pytest.approx(1.0)
    assert seam(replace(whole, notes=()), 8.0) == pytest.approx(2.0)
