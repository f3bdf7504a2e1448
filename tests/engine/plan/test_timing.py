from __future__ import annotations

import numpy as np
import pytest

from engine.composing.config import GenerationConfig
from engine.composing.loop import compose
from engine.cues import CueSheet, Section, Video
from engine.metrics.grid import on_grid
from engine.music.conditions import Conditions
from engine.music.tempo import tempo_map
from engine.plan.plan import Phrase, Plan, plan_beats
from engine.plan.tempo_search import rank_tempi
from engine.plan.timing import Timing
from engine.score import Instrument

BOUNDARIES = (0.0, 7.3, 14.9, 22.0)
CUES = CueSheet(
    Video("f", 24.0, 24.0, 64, 36), 0.0, 24.0, (7.3,), BOUNDARIES,
    (Section(0.0, 12.0, {}, 0.1, 0.2, "user"), Section(12.0, 24.0, {}, 0.4, 0.6, "user")),
)  # fmt: skip


@pytest.fixture(scope="module")
def timing() -> Timing:
    return Timing(plan_beats(rank_tempi(BOUNDARIES, 24.0, (0.0, 0.2))[0], 24.0))


def test_a_sixteenth_is_a_whole_number_of_steps_near_the_tempo():
    for tempo in np.linspace(50, 200, 61):
        timing = Timing(Plan(60.0, ((0, 0.0), (200, 12000 / tempo)), (4,)))
        assert timing.beat % 4 == 0
        assert abs(timing.tempo / tempo - 1) <= 0.06


def test_times_go_there_and_back(timing):
    for seconds in np.linspace(0, 24, 50).tolist():
        assert timing.film_time(timing.music_time(seconds)) == pytest.approx(seconds, abs=1e-9)


def test_boundaries_lie_on_beats_of_music_time(timing):
    beat = 60 / timing.tempo
    for boundary in timing.music_cues(CUES).boundaries:
        assert boundary / beat == pytest.approx(round(boundary / beat), abs=1e-9)


def test_a_planned_piece_keeps_its_beats_and_its_bars(timing, network):
    cues = timing.music_cues(CUES)
    conditions = Conditions(tempo=timing.tempo, metre=timing.plan.metre)
    config = GenerationConfig(conditions=conditions, arrangement=timing.arrangement)
    score = timing.film_score(compose(cues, network, config))
    assert score.duration == 24.0
    assert all(0 <= note.onset < note.end <= 24.0 for note in score.notes)
    found = tempo_map(score)
    assert len(found.tempos) == len(timing.plan.points) - 1
    assert on_grid([note.onset for note in score.notes], found) == 1.0
    # Each bar line of the music is one of the plan, and each boundary is a beat.
    lines = found.seconds_at(found.bars)
    assert all(np.abs(lines - bar).min() < 0.001 for bar in score.bars)
    beats = found.beat_at(BOUNDARIES)
    assert np.abs(beats - np.rint(beats)).max() < 0.01
    assert score.chords
    planned = [m.numerator for m in found.metres]
    assert set(planned) <= set(timing.plan.bars)


def test_a_phrase_without_chords_leaves_the_harmony_to_the_network():
    points = ((0, 0.0), (16, 8.0))
    with_chords = Phrase(1, "A", "C major", (Instrument.PIANO,), 5.0, "mf", ("C", "F"))
    without = Phrase(3, "B", "C major", (Instrument.PIANO,), 5.0, "mf")
    timing = Timing(Plan(8.0, points, (4,), phrases=(with_chords, without)))
    beat = timing.beat
    found = [(step // beat, chord is None) for step, chord in timing.arrangement.chords]
    assert found == [(0, False), (4, False), (8, True)]
    assert [name for _, name in timing.harmony()] == ["C", "F"]
