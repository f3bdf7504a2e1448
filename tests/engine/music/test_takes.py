from __future__ import annotations

import pytest

from engine.cues import CueSheet, Section, Video
from engine.music.composer import Commission, compose
from engine.music.takes import best_take, merit, struck_chords
from engine.score import Instrument, Note, Score

EVERYONE = tuple(Instrument)


def film(*boundaries: float) -> CueSheet:
    video = Video("film.mp4", 20.0, 24.0, 64, 36)
    return CueSheet(video, 0.0, 20.0, (), boundaries, (Section(0.0, 20.0, {}, 0.0, 0.0, "user"),))


def chord(onset: float) -> list[Note]:
    return [Note(Instrument.PIANO, onset, onset + 2, pitch, 120) for pitch in (60, 64, 67)]


def steady(instrument: Instrument) -> list[Note]:
    return [Note(instrument, t / 2, t / 2 + 0.25, 50) for t in range(40)]


def score(*notes: Note, chords: tuple[float, ...] = ()) -> Score:
    return Score(tuple(sorted(notes, key=lambda note: note.onset)), (), chords, 20.0)


def test_a_mark_without_three_notes_is_no_chord():
    piece = score(*chord(5.0), *chord(9.0)[:2], chords=(5.0, 9.0, 12.0))
    assert struck_chords(piece) == (5.0,)


def test_each_part_of_merit_counts():
    band = [note for i in EVERYONE[:3] for note in steady(i)]
    assert merit(score(*band), film(5.0, 9.0), EVERYONE) == pytest.approx(1 + 2 / 3)
    hit = score(*band, *chord(5.5), chords=(5.5,))
    assert merit(hit, film(5.0, 9.0), EVERYONE) == pytest.approx(0.5 + 1 + 83 / 123)
    solo = score(*steady(Instrument.DRUMS))
    assert merit(solo, film(), (Instrument.DRUMS,)) == pytest.approx(2.0)
    assert merit(score(), film(5.0), EVERYONE) == 0.0


def test_the_best_of_the_takes_is_kept(network):
    cues, commission = film(5.0, 9.0), Commission()
    heard: list[float] = []
    best = best_take(cues, network, commission, 3, heard.append)
    takes = [compose(cues, network, Commission(take=take)) for take in range(3)]
    assert best == max(takes, key=lambda take: merit(take, cues, EVERYONE))
    assert len(set(takes)) == 3
    assert heard == sorted(heard)
    assert heard[-1] == 60.0
