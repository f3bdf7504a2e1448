from __future__ import annotations

import math

import numpy as np
import pytest

from engine.composing.config import GenerationConfig
from engine.composing.logits.controls import Controls
from engine.composing.loop import compose
from engine.composing.state import PieceState
from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.evaluation.controls import measure_conditions
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import KEYS, METRES, Conditions
from engine.music.events import shifts
from engine.music.key import find_key
from engine.music.vocabulary import Kind, to_steps
from engine.score import Instrument
from engine.section import Section


def section(start: float, end: float) -> Section:
    return Section(start, end, {}, 0.1, 0.2, "user")


def piece(network, seconds: float = 30.0, **conditions: float):
    sections = (section(0.0, seconds),)
    cues = CueSheet(Video("f", seconds, 24.0, 64, 36), 0.0, seconds, (), (), sections)
    return compose(cues, network, GenerationConfig(conditions=Conditions(**conditions)))


# A quarter note of 64 steps is 117.2 a minute.
ARRANGED = Arrangement(BeatGrid(64, (4, 3, 5)))


def state_at(step: int, at_bar: bool = False) -> PieceState:
    state = PieceState([(60.0, Conditions())])
    if step:
        for token in shifts(step):
            state.push(token)
    if at_bar:
        state.push(voc.BAR)
    return state


def allowed_shifts(controls: Controls, state: PieceState) -> list[int]:
    mask = controls.mask(np.ones(voc.SIZE, np.bool_), state)
    return (np.flatnonzero(mask[voc.SHIFTS]) + 1).tolist()


def test_time_moves_to_points_of_the_grid_and_no_bar_is_passed_over():
    controls = Controls(ARRANGED)
    assert allowed_shifts(controls, state_at(0, at_bar=True)) == [16, 32, 48, 64, 80, 96, 112]
    assert allowed_shifts(controls, state_at(224)) == [16, 32]


def test_a_bar_begins_where_it_must_and_nowhere_else():
    controls = Controls(ARRANGED)
    everything = np.ones(voc.SIZE, np.bool_)
    at_line = controls.mask(everything, state_at(256))
    assert at_line[voc.BAR]
    assert set(voc.KIND[np.flatnonzero(at_line)]) == {Kind.BAR, Kind.OFF}
    assert not controls.mask(everything, state_at(256, at_bar=True))[voc.BAR]
    assert not controls.mask(everything, state_at(128))[voc.BAR]


@pytest.mark.parametrize("boundary", [0.4, 3.3, 7.123])
def test_a_boundary_counts_as_the_nearest_point_of_the_grid(boundary):
    met = Controls(ARRANGED).nearest_time(boundary)
    assert abs(met - boundary) <= 16 * 0.008 / 2 + 1e-9
    assert to_steps(met) % 16 == 0
    assert Controls().nearest_time(boundary) == boundary


def test_in_free_time_every_shift_and_bar_is_allowed():
    everything = np.ones(voc.SIZE, np.bool_)
    assert Controls().mask(everything, state_at(100)).all()


def test_a_piece_has_the_bars_of_its_arrangement(network):
    cues = CueSheet(Video("f", 20.0, 24.0, 64, 36), 0.0, 20.0, (), (), (section(0.0, 20.0),))
    score = compose(cues, network, GenerationConfig(arrangement=ARRANGED))
    lines = np.cumsum([0, 4, 3, *[5] * 20]) * 0.512
    assert score.bars == pytest.approx(lines[lines < 20.0])
    parts = np.array([note.onset for note in score.notes]) / 0.128
    assert np.abs(parts - parts.round()).max() < 1e-6


def test_a_tempo_in_free_time_is_only_a_condition(network):
    score = piece(network, tempo=97.0, metre=METRES.index("3/4"))
    assert score != piece(network)
    assert score.beat_map is None
    parts = np.array([note.onset for note in score.notes]) * 97 / 60 * 4
    assert np.abs(parts - parts.round()).max() > 0.25


def test_notes_foreign_to_the_key_are_rare(network):
    for name in ("D major", "G minor"):
        assert measure_conditions(piece(network, key=KEYS.index(name))).key == KEYS.index(name)


def test_density_comes_near_what_was_asked(network):
    few, many = (
        measure_conditions(piece(network, density=density)).density for density in (4.0, 12.0)
    )
    assert few < many
    assert many == pytest.approx(12.0, rel=0.25)


def test_unknown_conditions_change_nothing(network):
    free = piece(network, 10.0)
    assert free == piece(network, 10.0, tempo=math.nan, key=math.nan)
    steps = [voc.to_steps(note.onset) for note in free.notes]
    assert len(steps) > 10


def test_each_section_keeps_its_own_density_and_key(network):
    sections = section(0.0, 20.0), section(20.0, 40.0)
    cues = CueSheet(Video("f", 40.0, 24.0, 64, 36), 0.0, 40.0, (), (), sections)
    asked = (
        Conditions(density=3.0, key=KEYS.index("D major")),
        Conditions(density=14.0, key=KEYS.index("Ab major")),
    )
    score = compose(cues, network, GenerationConfig(sections=asked))
    counts = []
    for its, conditions in zip(sections, asked, strict=True):
        notes = [n for n in score.notes if its.start <= n.onset < its.end]
        counts.append(len(notes) / 20)
        pitched = [n for n in notes if n.instrument is not Instrument.DRUMS]
        key = find_key([n.pitch for n in pitched], [n.end - n.onset for n in pitched])
        assert key == conditions.key
    assert counts[0] < 5 < 9 < counts[1]
    with pytest.raises(EmsyncError, match="3 sections were given"):
        compose(cues, network, GenerationConfig(sections=(*asked, asked[0])))


QUARTER = 31
"""The time shift of a quarter of a second, among all."""


def moving_on(after: float) -> float:
    """The bias of a time shift a moment after 20 s without notes, where ten a second are asked for.

    after: the arousal from then on; before, it is 0.
    """
    conditions = [Conditions(arousal=arousal, density=10.0) for arousal in (0.0, after)]
    state = PieceState([(20.0, conditions[0]), (60.0, conditions[1])])
    controls = Controls()
    for token in shifts(to_steps(20.0)):
        controls.bias(np.zeros(voc.SIZE, np.float32), state)
        state.push(token)
    state.enter_section()
    state.push(shifts(1)[0])
    return float(controls.bias(np.zeros(voc.SIZE, np.float32), state)[voc.SHIFTS][QUARTER])


def test_music_makes_up_for_missing_notes_but_not_where_the_emotion_is_another():
    assert moving_on(0.0) < -100
    assert moving_on(0.8) == 0


def test_what_was_missing_long_ago_is_forgotten():
    """Music must not make up for a thin phrase by a crowd of notes in the next one."""
    state, controls = PieceState([(90.0, Conditions(density=10.0))]), Controls()
    flat = np.zeros(voc.SIZE, np.float32)
    biases = []
    for pitch in [None] * 200 + [40 + step % 20 for step in range(400)]:
        note = [] if pitch is None else [voc.note_on(Instrument.PIANO, pitch)]
        for token in (*note, *shifts(to_steps(0.1))):
            biases.append(controls.bias(flat, state)[voc.SHIFTS][QUARTER])
            state.push(token)
    assert min(biases) < -100
    assert abs(biases[-1]) < 1
