"""An old score: a cue sheet, its plan, and notes on every sixteenth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.cues import CueSheet, Transition, Video
from engine.hits import hits_at
from engine.plan.plan import Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.recut.music import OldMusic
from engine.score import Instrument, Note
from engine.section import Section

CUTS = (6.0, 11.0, 17.5, 22.0, 26.5)


def sheet(duration: float, cuts: tuple[float, ...], *emotions: tuple[float, float]) -> CueSheet:
    """A film with these cuts, all of them hits, and sections of equal length."""
    emotions = emotions or ((-0.3, 0.5),)
    length = duration / len(emotions)
    sections = tuple(
        Section(number * length, (number + 1) * length, {}, valence, arousal, "user")
        for number, (valence, arousal) in enumerate(emotions)
    )
    video = Video("film.mp4", duration, 24.0, 64, 36)
    marks = tuple(map(Transition, cuts))
    return CueSheet(video, 0.0, duration, marks, hits_at((0.0, *cuts)), sections)


@pytest.fixture(scope="session")
def make_sheet():
    """Makes a cue sheet: ``make_sheet(32.0, (6.0, 11.0), (-0.3, 0.5))``."""
    return sheet


@pytest.fixture(scope="session")
def old_cues() -> CueSheet:
    return sheet(32.0, CUTS)


@pytest.fixture(scope="session")
def old_plan(old_cues) -> Plan:
    """All its hits begin bars."""
    plan = plan_piece(old_cues, PlanOptions())
    assert plan.met(old_cues.boundaries) == (6, 6)
    return plan


@pytest.fixture(scope="session")
def old_music(old_plan) -> OldMusic:
    """A note of the drums on every sixteenth, and the root of each chord in long piano notes."""
    last = old_plan.last_chord or 0
    drums = [
        Note(Instrument.DRUMS, n / 4, n / 4 + 0.2, 36 + n % 7, 60 + n % 50) for n in range(4 * last)
    ]
    piano = [Note(Instrument.PIANO, float(n), n + 2.9, 48 + 5 * n % 36, 80) for n in range(last)]
    notes = sorted([*drums, *piano], key=lambda note: note.onset)
    return OldMusic(tuple(notes), tuple(map(float, range(0, last, 8))), tuple(notes))


@pytest.fixture(scope="session")
def free_plan(old_plan) -> Plan:
    """The same beats without phrases."""
    return replace(old_plan, phrases=(), last_chord=None)
