from __future__ import annotations

import math

import numpy as np
import pytest

from engine.composing.config import GenerationConfig
from engine.composing.logits.controls import OFF_ACCENT, OFF_BEAT, PARTS, Controls, Grid
from engine.composing.loop import compose
from engine.cues import CueSheet, Section, Video
from engine.errors import EmsyncError
from engine.evaluation.controls import main_metre, measure_conditions
from engine.music import vocabulary as voc
from engine.music.conditions import KEYS, METRES, Conditions
from engine.music.key import find_key
from engine.music.offsets import BoundaryTracker
from engine.music.tempo import tempo_map
from engine.music.vocabulary import to_steps
from engine.score import Instrument


def piece(network, seconds: float = 30.0, **conditions: float):
    section = Section(0.0, seconds, {}, 0.1, 0.2, "user")
    cues = CueSheet(Video("f", seconds, 24.0, 64, 36), 0.0, seconds, (), (), (section,))
    return compose(cues, network, GenerationConfig(conditions=Conditions(**conditions)))


@pytest.mark.parametrize("tempo", [50.0, 93.7, 120.0, 221.0])
@pytest.mark.parametrize("metre", ["4/4", "3/4", "6/8"])
def test_time_stands_on_the_grid_and_no_bar_is_passed_over(tempo, metre):
    grid = Grid(tempo, METRES.index(metre))
    beats = {"4/4": 4, "3/4": 3, "6/8": 3}[metre]
    bars = [to_steps(60 / tempo * beats * i) for i in range(20)]
    points = {to_steps(60 / tempo / PARTS * i) for i in range(20 * beats * PARTS)}
    rng = np.random.default_rng(0)
    cursor, met = 0, []
    while cursor < bars[-1]:
        if grid.is_bar(cursor):
            met.append(cursor)
        shifts = np.flatnonzero(np.isfinite(grid.shifts(cursor))) + 1
        assert shifts.size
        cursor += int(rng.choice(shifts))
        assert cursor in points
    assert met == bars[: len(met)]
    assert len(met) == 19


def test_sixteenths_are_likelier_than_triplets_and_those_than_the_rest():
    bias = Grid(60.0, METRES.index("4/4")).shifts(0)
    point = 125 / PARTS
    steps = [round(point * n) for n in range(1, PARTS + 1)]
    off, triplet = -OFF_BEAT, -OFF_BEAT / 2
    assert bias[np.array(steps) - 1].tolist() == [
        off, off, 0, triplet, off, 0, off, triplet, 0, off, off, 0,
    ]  # fmt: skip
    assert np.isinf(np.delete(bias, np.array(steps) - 1)).all()


@pytest.mark.parametrize(("metre", "eighths"), [("3/4", 2), ("6/8", 3), ("12/8", 3)])
def test_metres_of_threes_favour_beats_over_eighths_and_those_over_sixteenths(metre, eighths):
    bias = Grid(120.0, METRES.index(metre)).shifts(0)
    sixteenths = [round(125 / 8 * n) - 1 for n in range(1, 2 * eighths + 1)]
    between = [-2 * OFF_ACCENT, -OFF_ACCENT] * eighths
    assert bias[sixteenths].tolist() == [*between[:-1], 0]
    beat = bias[: sixteenths[-1] + 1]
    others = np.delete(beat, sixteenths)
    assert others[np.isfinite(others)].max() < -2 * OFF_ACCENT


@pytest.mark.parametrize("boundary", [0.4, 3.3, 7.123])
def test_a_boundary_can_be_met_on_the_grid(boundary):
    controls = Controls(Conditions(tempo=100.0))
    met = controls.nearest_time(boundary)
    assert abs(met - boundary) <= 60 / 100 / PARTS / 2 + 0.004
    assert np.isfinite(Grid(100.0, math.nan).shifts(to_steps(met) - 6)[5])
    tracker = BoundaryTracker([met])
    assert [tracker.push(voc.shift(1)) for _ in range(to_steps(met))][-1] == 0.0
    assert Controls(Conditions()).nearest_time(boundary) == boundary


def test_a_given_tempo_holds_throughout(network):
    for tempo, metre in ((97.0, "3/4"), (151.0, "4/4")):
        score = piece(network, tempo=tempo, metre=METRES.index(metre))
        counted = tempo_map(score)
        assert measure_conditions(score).tempo == pytest.approx(tempo, rel=1e-6)
        assert np.abs(counted.seconds_at(counted.bars) - score.bars).max() < 0.005
        assert main_metre(counted, score.duration) == metre
        onsets = np.array([note.onset for note in score.notes]) * tempo / 60 * PARTS
        assert np.abs(onsets - onsets.round()).max() * 60 / tempo / PARTS <= 0.0041


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
    sections = tuple(Section(a, b, {}, 0.1, 0.2, "user") for a, b in ((0.0, 20.0), (20.0, 40.0)))
    cues = CueSheet(Video("f", 40.0, 24.0, 64, 36), 0.0, 40.0, (), (), sections)
    asked = (
        Conditions(density=3.0, key=KEYS.index("D major")),
        Conditions(density=14.0, key=KEYS.index("Ab major")),
    )
    score = compose(cues, network, GenerationConfig(sections=asked))
    counts = []
    for section, conditions in zip(sections, asked, strict=True):
        notes = [n for n in score.notes if section.start <= n.onset < section.end]
        counts.append(len(notes) / 20)
        pitched = [n for n in notes if n.instrument is not Instrument.DRUMS]
        key = find_key([n.pitch for n in pitched], [n.end - n.onset for n in pitched])
        assert key == conditions.key
    assert counts[0] < 5 < 9 < counts[1]
    with pytest.raises(EmsyncError, match="3 sections were given"):
        compose(cues, network, GenerationConfig(sections=(*asked, asked[0])))
