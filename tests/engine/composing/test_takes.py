from __future__ import annotations

import pytest

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.takes import TakeScore, best, compose_takes, played_chords, take_score
from engine.cues import CueSheet, Section, Video
from engine.hits import hits_at
from engine.score import Instrument, Note, Score

EVERYONE = tuple(Instrument)


def film(*boundaries: float) -> CueSheet:
    video = Video("film.mp4", 20.0, 24.0, 64, 36)
    return CueSheet(
        video, 0.0, 20.0, (), hits_at(boundaries), (Section(0.0, 20.0, {}, 0.0, 0.0, "user"),)
    )


def chord(onset: float) -> list[Note]:
    return [Note(Instrument.PIANO, onset, onset + 2, pitch, 120) for pitch in (60, 64, 67)]


def steady(instrument: Instrument) -> list[Note]:
    return [Note(instrument, t / 2, t / 2 + 0.25, 50) for t in range(40)]


def score(*notes: Note, chords: tuple[float, ...] = ()) -> Score:
    return Score(tuple(sorted(notes, key=lambda note: note.onset)), (), chords, 20.0)


def test_a_mark_without_three_notes_is_no_chord():
    piece = score(*chord(5.0), *chord(9.0)[:2], chords=(5.0, 9.0, 12.0))
    assert played_chords(piece) == (5.0,)


def parts(piece: Score, cues: CueSheet, *instruments: Instrument) -> tuple[float, float, float]:
    its = take_score(Take(piece, 1, 1.0), cues, instruments or EVERYONE)
    assert its.likelihood == pytest.approx(0.3679, abs=1e-4)
    assert its.total == its.alignment + its.coverage + its.balance + its.likelihood
    return its.alignment, its.coverage, its.balance


def test_each_part_of_the_score_counts():
    band = [note for i in EVERYONE[:3] for note in steady(i)]
    assert parts(score(*band), film(5.0, 9.0)) == pytest.approx((0, 0.6, 2 / 3))
    hit = score(*band, *chord(5.5), chords=(5.5,))
    assert parts(hit, film(5.0, 9.0)) == pytest.approx((0.5, 0.6, 83 / 123))
    solo = score(*steady(Instrument.DRUMS))
    assert parts(solo, film(), Instrument.DRUMS) == (1, 1, 0)
    assert parts(score(), film(5.0)) == (0, 0, 0)


def test_a_likelier_take_scores_higher():
    piece, cues = score(*steady(Instrument.BASS)), film()
    liked, disliked = (take_score(Take(piece, 1, nll), cues, EVERYONE) for nll in (1.0, 3.0))
    assert liked.total > disliked.total


def test_the_best_is_the_earliest_of_equals():
    good, better = TakeScore(1, 1, 0.5, 0.1), TakeScore(1, 1, 0.6, 0.1)
    assert best([good, better, better]) == 1
    assert best([good]) == 0


def test_takes_differ_and_each_has_its_score(network):
    cues = film(5.0, 9.0)
    reported: list[float] = []
    takes = compose_takes(cues, network, GenerationConfig(), 3, reported.append)
    scores, take_scores = [take.score for take, _ in takes], [take_score for _, take_score in takes]
    assert len(set(scores)) == 3
    assert [m.coverage for m in take_scores] == [
        take_score(Take(s, 1, 1.0), cues, EVERYONE).coverage for s in scores
    ]
    assert reported == sorted(reported)
    assert reported[-1] == 60.0
