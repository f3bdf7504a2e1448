from __future__ import annotations

from dataclasses import replace

import pytest

from engine.cues import CueSheet, Transition, Video, check_same_film
from engine.errors import EmsyncError
from engine.section import Section

FILM = Video("film.mp4", 30.0, 24.0, 854, 480)
SECTIONS = (Section(0.0, 20.0, {}, 0.1, 0.2, "user"),)
CUES = CueSheet(FILM, 2.0, 22.0, (), (), SECTIONS)


def test_a_cue_sheet_of_another_film_is_refused():
    check_same_film(CUES, replace(FILM, path="moved.mp4", duration=30.4, fps=25.0))
    for other in (replace(FILM, duration=31.0), replace(FILM, width=480, height=854)):
        with pytest.raises(EmsyncError, match="cue sheet is of a film"):
            check_same_film(CUES, other)


def test_a_transition_keeps_its_extent_in_another_time():
    dissolve = Transition(8.0, "dissolve", 7.5, 8.0, 8.25, 0.5)
    moved = dissolve.moved(lambda seconds: 2 * seconds)
    assert moved == Transition(16.0, "dissolve", 15.0, 16.0, 16.5, 0.5)
    assert dissolve.overlaps(Transition(8.25)) and not dissolve.overlaps(Transition(8.3))
