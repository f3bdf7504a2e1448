from __future__ import annotations

from itertools import pairwise

import pytest

from engine.performance.controllers import (
    AFTER,
    DOWN,
    EXPRESSION,
    HIGH,
    LOW,
    PEDAL,
    UP,
    controls,
    pedal,
    swells,
)
from engine.score import Instrument, Note, Score

HARMONY = ((0.0, "C"), (2.0, "F"), (6.0, "G"))
BARS = (0.0, 2.0, 4.0, 6.0)


def piano(onset, end, pitch=60):
    return Note(Instrument.PIANO, onset, end, pitch)


def presses(notes, harmony=HARMONY, bars=BARS, duration=8.0):
    """When the pedal goes down, and up again."""
    found = list(pedal(notes, harmony, bars, duration))
    assert [change.value for change in found] == [DOWN, UP] * (len(found) // 2)
    assert {(change.instrument, change.controller) for change in found} <= {
        (Instrument.PIANO, PEDAL)
    }
    times = [change.seconds for change in found]
    return list(zip(times[::2], times[1::2], strict=True))


def test_the_pedal_is_lifted_at_each_chord_and_bar():
    notes = [piano(beat / 2, beat / 2 + 0.4) for beat in range(16)]
    assert presses(notes) == [
        (pytest.approx(start + AFTER), end) for start, end in pairwise([*BARS, 8.0])
    ]


def test_the_pedal_holds_no_note_of_the_chord_before():
    assert presses([piano(1.0, 2.7), piano(2.0, 3.0)])[1] == (2.7, 4.0)
    notes = [piano(0.0, 8.0), piano(2.0, 3.0)]
    assert presses(notes) == [(AFTER, 2.0)], "one long note leaves no room for the others"


def test_the_pedal_stays_up_where_no_piano_begins():
    assert [down for down, _ in presses([piano(2.5, 3.0)])] == [pytest.approx(2 + AFTER)]
    assert presses([Note(Instrument.STRINGS, 0.0, 8.0, 60)]) == []
    assert presses([piano(0.0, 1.0)], harmony=()) == []


def test_a_bar_that_is_too_short_has_no_pedal():
    assert presses([piano(0.0, 0.1), piano(0.2, 0.3)], ((0.0, "C"), (0.2, "F")), (), 0.4) == []


def test_a_phrase_swells_and_falls():
    found = swells(((0.0, 1.0),), 9.0)
    times, values = zip(*((change.seconds, change.value) for change in found), strict=True)
    assert {(change.instrument, change.controller) for change in found} == {
        (Instrument.STRINGS, EXPRESSION)
    }
    assert (times[0], values[0]) == (0.0, LOW)
    assert max(values) == HIGH and times[values.index(HIGH)] == pytest.approx(6.0, abs=0.2)
    assert values[-1] <= LOW + 2
    assert min(after - before for before, after in pairwise(times)) >= 0.1 - 1e-9


@pytest.mark.parametrize(("louder", "rises"), [(1.3, True), (1.0, False), (0.7, False)])
def test_a_louder_phrase_is_led_up_to(louder, rises):
    found = swells(((0.0, 1.0), (9.0, louder)), 18.0)
    before = [change.value for change in found if change.seconds <= 9.0][-1]
    assert before == (HIGH if rises else LOW)


def test_without_levels_there_are_no_swells():
    assert swells((), 9.0) == ()


def test_the_controllers_of_a_score_are_by_time():
    notes = tuple(piano(beat / 2, beat / 2 + 0.4) for beat in range(16))
    found = controls(Score(notes, (), (), 8.0, harmony=HARMONY), ((0.0, 1.0),), BARS)
    times = [change.seconds for change in found]
    assert times == sorted(times)
    assert {change.controller for change in found} == {EXPRESSION, PEDAL}
