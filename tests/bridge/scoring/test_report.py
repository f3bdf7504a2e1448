"""What ``report.json`` says of a piece."""

from __future__ import annotations

import json

import pytest

from bridge.scoring.report import Model, Takes, report
from bridge.scoring.report_json import to_json
from engine.composing.composition import Take
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.metrics import harmony
from engine.music.tempo import tempo_map
from engine.originality.fingerprint import shipped_fingerprint
from engine.rating.rating import Rating
from engine.score import BeatMap, Instrument, Note, Score
from engine.section import Section

needs_fingerprint = pytest.mark.skipif(
    shipped_fingerprint() is None, reason="this checkout has no fingerprint"
)
CUES = CueSheet(
    Video("film.mp4", 8.0, 25.0, 96, 64), 0.0, 8.0, (), hits_at((2.0, 5.0)),
    (Section(0.0, 8.0, {}, 0.1, 0.2, "user"),),
)  # fmt: skip
BEATS = BeatMap((0, 16), (0.0, 8.0), ((4, 4),))


def written(*notes: Note) -> dict:
    """The report of a piece of four bars of 2 s, read back."""
    score = Score(notes, (), (), 8.0, beat_map=BEATS)
    takes = Takes(((Take(score, 10, 1.0), Rating(players=0.5, key=1.0)),))
    model = Model("tiny", "0", 1, "cpu", "fp32")
    return json.loads(to_json(report(CUES, score, 0, model, takes)))


def chord(onset: float, *pitches: int) -> list[Note]:
    return [Note(Instrument.PIANO, onset, onset + 2, pitch) for pitch in pitches]


def test_boundaries_grid_and_notes_are_reported():
    found = written(*chord(2.0, 60, 64, 67), *chord(5.5, 60, 64, 67))
    assert found["alignment"] == {"frame": 0.5, "second": 1.0, "precision": 1.0}
    assert (found["tempo"], found["on_grid"]) == (120.0, 1.0)
    assert found["notes"]["piano"] == 6 and found["notes"]["bass"] == 0


def test_takes_are_reported_with_the_parts_of_their_rating():
    takes = written(*chord(0.0, 60, 64, 67))["takes"]
    (first,) = takes["ratings"]
    assert first["parts"] == {"players": 0.5, "key": 1.0}
    assert 0.5 < first["rating"] < 1
    assert first["is"] == "C major, 0.4 notes a second, piano leads"
    assert (takes["tokens"], takes["gain"]) == (10, 0)


def test_harmony_is_reported():
    notes = [*chord(0.0, 48, 52, 55), *chord(2.0, 48, 52, 55), *chord(4.0, 53, 57, 60)]
    bass = [Note(Instrument.BASS, 0.0, 0.5, 36), Note(Instrument.BASS, 4.0, 4.5, 41)]
    notes = sorted([*notes, *bass], key=lambda note: note.onset)
    found = written(*notes)["harmony"]
    score = Score(tuple(notes), (), (), 8.0, beat_map=BEATS)
    measured = harmony.evaluate(score, tempo_map(score))
    assert found == {
        name: None if value is None else round(value, 4) for name, value in measured.items()
    }
    assert (found["still"], found["bass_pitches"], found["strings_seconds"]) == (0.5, 2.0, None)


@needs_fingerprint
def test_each_part_says_what_it_shares_with_the_training_songs():
    found = written(*chord(2.0, 60, 64, 67))["originality"]
    assert (found["within"], found["share"]) == (True, 1.0)
    assert found["parts"]["piano"]["notes"] == 3
    assert found["parts"]["piano"]["longest"] == 0
    assert list(found["parts"]) == ["piano"]


def test_a_piece_without_notes_has_no_shares():
    found = written()
    assert set(found["harmony"].values()) == {None}
    assert found["on_grid"] is found["alignment"]["precision"] is None


def test_hits_are_reported_with_timecode_and_the_nearest_chord():
    found = written(*chord(2.25, 60, 64, 67))["hits"]
    assert found[0] == {
        "seconds": 2.0, "timecode": "00:00:02:00", "label": "", "must": True, "late": 0.25,
    }  # fmt: skip
    assert found[1]["late"] == -2.75
    assert written()["hits"][0]["late"] is None


def test_a_chord_a_moment_early_is_not_minus_zero_late():
    late = written(*chord(1.9999, 60, 64, 67))["hits"][0]["late"]
    assert f"{late}" == "0.0"
