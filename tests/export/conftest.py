"""A project with everything that projects may have."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine.score import BeatMap, Instrument, Note, Score
from export.project import Film, Project, Region

DURATION = 16.0


@pytest.fixture(scope="session")
def score() -> Score:
    """Sixteen seconds of five parts, with changes of tempo, time signature and key."""
    # From one seed, so that every run tests the same score.
    draw = random.Random(1)
    beats = BeatMap(
        (0.0, 8.0, 16.0, 40.0), (0.0, 4.0, 9.0, 21.0), ((4, 4), (4, 4), (3, 4), (6, 8), (4, 4))
    )
    notes = []
    for instrument in Instrument:
        onset = 0.0
        while onset < DURATION - 0.5:
            end = min(onset + draw.choice([0.2, 0.4, 0.8]), DURATION)
            notes.append(Note(instrument, onset, end, draw.randint(36, 80), draw.randint(1, 127)))
            onset += draw.choice([0.25, 0.5, 1.0])
    notes.sort(key=lambda n: (n.onset, list(Instrument).index(n.instrument), n.pitch))
    return Score(
        tuple(notes), (0.0, 2.0, 4.0), (2.0,), DURATION, beats,
        ((0.0, "A minor"), (4.0, "Eb major")), ((0.0, "Am"), (2.0, "F/C"), (4.0, "Ebmaj7")),
    )  # fmt: skip


@pytest.fixture
def project(score: Score, tmp_path: Path) -> Project:
    """A project whose film lies in a folder beside the score's."""
    film = Film(tmp_path / "films" / "my film.mp4", 5.0, 60.0, 3600.0, 2, 48000)
    return Project(
        "score", score, film,
        ((2.0, 'door "slams"'), (8.0, "hit 2")),
        (Region(0.0, 8.0, "calm"), Region(8.0, DURATION, "tense")),
    )  # fmt: skip
