"""The tempo map of a project is kept to the letter."""

from __future__ import annotations

import json
from itertools import accumulate

import mido
import pytest

from engine.errors import EmsyncError
from engine.plan.plan import Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.plan.tempo_map import TempoMap, from_values, read_tempo_map, to_values

PPQ = 480
STEADY = TempoMap(((0, 0.0), (8, 4.0)), (4,))


@pytest.fixture
def midi(tmp_path):
    """Writes a MIDI file of tempi (bpm) and time signatures, each at a quarter note."""

    def write(*changes: tuple[float, float | str]):
        track, now = mido.MidiTrack(), 0
        for quarter, change in changes:
            tick = round(quarter * PPQ)
            if isinstance(change, str):
                top, bottom = map(int, change.split("/"))
                message = mido.MetaMessage("time_signature", numerator=top, denominator=bottom)
            else:
                message = mido.MetaMessage("set_tempo", tempo=round(6e7 / change))
            track.append(message.copy(time=tick - now))
            now = tick
        mido.MidiFile(type=0, ticks_per_beat=PPQ, tracks=[track]).save(tmp_path / "map.mid")
        return tmp_path / "map.mid"

    return write


def test_tempi_and_bars_are_those_of_the_file(midi):
    found = read_tempo_map(midi((0, 120.0), (0, "4/4"), (8, 60.0), (8, "3/4"), (14, "4/4")))
    assert found.points == ((0, 0.0), (8, 4.0), (9, 5.0))
    assert found.bars == (4, 4, 3, 3, 4) and found.beat == "quarter"


def test_a_file_without_a_map_has_120_quarter_notes_a_minute_in_4_4(midi):
    found = read_tempo_map(midi())
    assert found.bars == (4,) and found.plan(60.0).tempo == pytest.approx(120)


def test_a_change_within_a_beat_changes_that_beat(midi):
    found = read_tempo_map(midi((0, 120.0), (2.5, 60.0)))
    beats, seconds = zip(*found.points, strict=True)
    assert beats == (0, 2, 3, 4) and seconds == pytest.approx((0.0, 1.0, 1.75, 2.75))


def test_a_bar_that_a_time_signature_cuts_off_is_shorter(midi):
    assert read_tempo_map(midi((0, "4/4"), (6, "3/4"))).bars == (4, 2, 3)


@pytest.mark.parametrize(
    ("metres", "beat", "bars"),
    [
        (((0, "6/8"), (6, "12/8")), "dotted quarter", (2, 2, 4)),
        (((0, "2/2"),), "quarter", (4,)),
        (((0, "4/8"), (4, "4/4")), "quarter", (2, 2, 4)),
        (((0, "6/8"), (3, "3/4")), "quarter", (3, 3)),
    ],
)
def test_the_beat_is_the_one_that_all_bars_count(midi, metres, beat, bars):
    found = read_tempo_map(midi(*metres))
    assert (found.beat, found.bars) == (beat, bars)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (((0, "7/8"),), "time signatures 7/8: bars must have whole quarter notes"),
        (((0, "4/4"), (4, "9/8")), "time signatures 4/4, 9/8: "),
        (((0, 20.0),), r"points\[1\]: 20 quarter notes a minute lead there"),
        (((0, "13/4"),), r"bars\[0\]: 13; give 1 to 12 beats"),
    ],
)
def test_what_can_not_be_planned_names_the_file(midi, changes, complaint):
    with pytest.raises(EmsyncError, match=rf"map\.mid: {complaint}"):
        read_tempo_map(midi(*changes))


@pytest.mark.parametrize("duration", [0.5, 4.0, 4.1, 9.0, 60.0])
def test_a_plan_has_the_beats_of_the_map(duration):
    bends = TempoMap(((0, 0.0), (4, 2.0), (8, 5.0), (12, 7.0)), (4, 3, 5, 4))
    plan = bends.plan(duration, "swing")
    assert plan.duration == duration and plan.feel == "swing"
    expected = {0: 0.0, 2: 1.0, 4: 2.0, 6: 3.5, 8: 5.0, 12: 7.0, 40: 21.0}
    for beat, seconds in expected.items():
        if seconds < duration:
            assert plan.seconds_at(beat) == pytest.approx(seconds)
    lines = [
        line for line in accumulate([0, 4, 3, 5, *[4] * 40]) if plan.seconds_at(line) < duration
    ]
    assert plan.bar_lines() == tuple(lines)


def test_the_rest_is_planned_round_it(sheet):
    cues = sheet(30.0, [0.0, 8.3, 15.1], (-0.6, -0.6))
    tempo_map = TempoMap(((0, 0.0), (16, 8.0), (20, 10.5)), (4, 4, 3, 4))
    plan = plan_piece(cues, PlanOptions(tempo_map=tempo_map, chords=("Am", "F G")))
    assert plan.points[:2] == ((0, 0.0), (16, 8.0)) and plan.bars[:4] == (4, 4, 3, 4)
    assert plan.seconds_at(16) == 8.0 and plan.seconds_at(20) == 10.5
    assert plan.phrases[0].chords[:2] == ("Am", "F G") and plan.last_chord is not None
    with pytest.raises(EmsyncError, match="bpm, time_signature: the tempo map has its own"):
        PlanOptions(tempo_map=tempo_map, bpm=100.0)


def test_json_and_back():
    values = json.loads(json.dumps(to_values(STEADY)))
    assert from_values("tempo_map", values) == STEADY
    assert from_values("tempo_map", {k: values[k] for k in ("points", "bars")}) == STEADY
    assert isinstance(STEADY.plan(9.0), Plan)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"points": []}, "tempo_map: points: give two or more"),
        ({"points": [{"beat": 1, "seconds": 0}] * 2}, "tempo_map: points: the first must be"),
        ({"points": [{"beat": 0, "seconds": 0}] * 2}, "tempo_map: "),
        ({"bars": []}, "tempo_map: bars: give one or more"),
        ({"bars": [0]}, r"tempo_map: bars\[0\] "),
        ({"beat": "eighth"}, "tempo_map: beat: 'eighth'; choose from"),
        ({"points": [{"beat": 0}]}, r"tempo_map: points\[0\]\.seconds is missing"),
    ],
)
def test_wrong_fields_are_named(changes, complaint):
    with pytest.raises(EmsyncError, match=f"^{complaint}"):
        from_values("tempo_map", {**to_values(STEADY), **changes})
