from __future__ import annotations

import pytest

from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.vocabulary import to_seconds

FEW, MANY = Conditions(density=3.0), Conditions(density=9.0)


@pytest.mark.parametrize("step", [72, 144, 408])
def test_a_section_begins_on_its_step_however_its_seconds_are_rounded(step):
    seconds = step // 24 * (24 * 8 / 1000)
    assert seconds > to_seconds(step)
    state = PieceState([(seconds, FEW), (60.0, MANY)])
    for _ in range(step):
        assert not state.enter_section()
        assert state.conditions is FEW
        state.push(voc.shift(1))
    assert state.enter_section()
    assert state.conditions is MANY


def test_sections_that_ask_for_the_same_are_no_change():
    state = PieceState([(0.8, FEW), (1.6, FEW), (60.0, MANY)])
    state.push(voc.shift(100))
    assert not state.enter_section()
    assert state.section == 1
    state.push(voc.shift(125))
    assert state.enter_section()
    assert state.section == 2


def test_a_bar_stands_until_time_moves_on():
    state = PieceState([(60.0, FEW)])
    state.push(voc.BAR)
    state.push(voc.CHORD)
    assert state.at_bar
    state.push(voc.shift(1))
    assert not state.at_bar
