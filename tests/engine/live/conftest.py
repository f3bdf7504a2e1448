"""A plan and a film for pieces that are changed while they are composed."""

from __future__ import annotations

import pytest

from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.plan.plan import Phrase, Plan
from engine.score import Instrument
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = tuple(Instrument)
SECONDS = 28.0
CHORDS = ("C", "Am", "F", "G")


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Three phrases at about 120 beats a minute, with bends; bar 8 has two beats."""
    return Plan(
        SECONDS,
        ((0, 0.0), (16, 8.2), (30, 15.0), (56, 28.3)),
        (4, 4, 4, 4, 4, 4, 4, 2, 4),
        phrases=(
            Phrase(1, "A", "C major", (BASS, PIANO, STRINGS), 8.0, "p", CHORDS),
            Phrase(5, "B", "C major", tuple(Instrument), 12.0, "f", CHORDS),
            Phrase(10, "A", "C major", (BASS, DRUMS, GUITAR), 8.0, "p", CHORDS),
        ),
        last_chord=50,
    )


@pytest.fixture(scope="session")
def cues() -> CueSheet:
    """A film of two sections, with hits on bar lines of the plan."""
    video = Video("film.mp4", SECONDS, 24.0, 64, 36)
    sections = (
        Section(0.0, 15.0, {"joy": 0.6}, 0.3, -0.2, "scene"),
        Section(15.0, SECONDS, {"fear": 0.6}, -0.3, 0.5, "scene"),
    )
    return CueSheet(video, 0.0, SECONDS, (), hits_at((8.2, 15.0)), sections)
