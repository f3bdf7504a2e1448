"""A theme is in the piece as it was given, and the others play with it."""

from __future__ import annotations

import pytest

from engine.composing.config import GenerationConfig
from engine.composing.planned import compose_planned_takes
from engine.composing.sampling import Sampling
from engine.composing.theme import theme_given
from engine.cues import CueSheet, Video
from engine.plan.plan import Phrase, Plan
from engine.plan.theme import Theme, plan_for_theme
from engine.score import Instrument, Note
from engine.section import Section

BASS, DRUMS, GUITAR, PIANO, STRINGS = EVERYONE = tuple(Instrument)
CHORDS = ("C", "Am", "F", "G")
PLAN = Plan(
    24.0,
    ((0, 0.0), (48, 24.0)),
    (4,),
    phrases=(
        Phrase(1, "A", "C major", EVERYONE, 10.0, "mf", CHORDS),
        Phrase(5, "B", "C major", (BASS, DRUMS), 6.0, "mf", CHORDS),
        Phrase(9, "A", "C major", EVERYONE, 10.0, "mf", CHORDS),
    ),
    last_chord=44,
)
TUNE = (72, 71, 72, 76, 74, 72, 69, 72)


@pytest.mark.parametrize("part", [STRINGS, DRUMS, PIANO])
@pytest.mark.parametrize("source", ["network", "droning"])
def test_the_theme_sounds_as_given_and_its_part_plays_nothing_else_there(request, source, part):
    if source == "droning":
        network = request.getfixturevalue("biased")(context=96, OFF=-8.0, CHORD=1.0)
    else:
        network = request.getfixturevalue(source)
    notes = tuple(Note(part, float(n), n + 0.5, p, 64 + n) for n, p in enumerate(TUNE))
    theme = Theme(part, notes, 120.0)
    plan = plan_for_theme(PLAN, theme)
    given = theme_given(plan, theme)
    section = Section(0.0, 24.0, {}, 0.3, -0.2, "user")
    cues = CueSheet(Video("film.mp4", 24.0, 24.0, 64, 36), 0.0, 24.0, (), (), (section,))
    config = GenerationConfig(3, sampling=Sampling(guidance=1.0), given=given)
    ((take, _),) = compose_planned_takes(cues, plan, network, config, 1)
    score = take.score
    for begin in (0.0, 16.0):
        there = [n for n in score.part(part) if begin - 1e-6 <= n.onset < begin + 3.999]
        assert [(round(n.onset, 6), round(n.end, 6), n.pitch, n.velocity) for n in there] == [
            (begin + n.onset / 2, begin + n.end / 2, n.pitch, n.velocity) for n in notes
        ]
    for other in set(EVERYONE) - {part}:
        assert any(note.onset < 4.0 for note in score.part(other)), other
    assert any(4.0 <= note.onset < 8.0 for note in score.part(part))
