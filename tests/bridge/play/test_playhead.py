from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.play.playhead import Playhead, Timeline


@pytest.fixture
def playhead(scale):
    """It plays at the normal rate until moment 104, then twice as fast."""
    timelines = (Timeline(100.0, 0.0), Timeline(104.0, 4.0, 2.0))
    return Playhead("playing", scale(20, step=1.0), known=20.0, resting=7.0, timelines=timelines)


def test_a_timeline_maps_both_ways():
    timeline = Timeline(100.0, 3.0, rate=2.0)
    assert timeline.when_at(5.0) == 101.0 and timeline.position_at(101.0) == 5.0


@pytest.mark.parametrize(
    ("when", "position"), [(99.0, 0.0), (100.0, 0.0), (103.0, 3.0), (104.0, 4.0), (106.0, 8.0)]
)
def test_the_last_timeline_that_has_begun_is_valid(playhead, when, position):
    assert playhead.passed(when) == playhead.position(when) == position


def test_the_position_stays_within_what_is_composed(playhead):
    playhead = replace(playhead, known=5.0)
    assert (playhead.position(106.0), playhead.passed(106.0)) == (5.0, 8.0)
    assert not playhead.finished


@pytest.mark.parametrize("state", ["stopped", "paused", "waiting"])
def test_at_rest_the_position_does_not_move(playhead, state):
    assert replace(playhead, state=state).position(103.0) == 7.0


def test_timelines_that_are_over_can_be_left_out(playhead):
    assert playhead.timelines_from(103.9) == playhead.timelines
    assert playhead.timelines_from(104.0) == playhead.timelines[1:]


def test_a_new_playhead_is_stopped_at_the_start():
    playhead = Playhead()
    assert (playhead.state, playhead.position(1.0), playhead.finished) == ("stopped", 0.0, True)
