"""What can be asked of a live piece, and from which bars on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import EmsyncError
from engine.live.control import LiveChange, LiveControl, first_bars, next_bar, with_change


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"valence": 1.2}, "valence 1.2"),
        ({"arousal": -3.0}, "arousal -3"),
        ({"density": 100.0}, "density 100"),
        ({"instruments": ()}, "somebody has to play"),
    ],
)
def test_what_is_out_of_range_is_refused(values, wrong):
    with pytest.raises(EmsyncError, match=wrong):
        LiveControl(**values)


def test_a_change_replaces_those_from_its_bar_on():
    changes = [LiveChange(bar, LiveControl(density=bar)) for bar in (3, 5, 9)]
    new = LiveChange(5, LiveControl())
    assert with_change(changes, new) == (changes[0], new)


BARS = [(bar, float(bar - 1)) for bar in range(1, 11)]
"""Ten bars of a second."""
LONG = [(bar, 4.0 * (bar - 1)) for bar in range(1, 11)]


@pytest.mark.parametrize(
    ("bars", "position", "ahead", "bar"),
    [
        (BARS, 0.0, 0.0, 1),  # it rests
        (BARS, 2.4, 2.4, 4),
        (BARS, 2.0, 2.5, 4),  # it plays: a bar to compose
        (BARS, 2.1, 2.6, 5),
        (BARS, 2.1, 4.2, 6),  # half a second beyond what is handed over
        (LONG, 4.0, 4.5, 3),
        (LONG, 5.4, 5.9, 3),
        (LONG, 5.6, 6.1, 4),  # 2.5 s to compose
        (BARS, 8.1, 8.6, None),
        (BARS, 9.0, 9.0, 10),
        (BARS, 9.1, 9.1, None),
    ],
)
def test_the_next_bar_is_the_first_that_can_be_composed_in_time(bars, position, ahead, bar):
    found = next_bar(bars, position, ahead)
    assert (found and found[0]) == bar


@pytest.mark.parametrize("bpm", [50, 90, 120, 159])
def test_a_control_holds_within_two_bars(bpm):
    bar = 240 / bpm
    bars = [(number + 1, number * bar) for number in range(20)]
    for position in (n * bar / 7 for n in range(60)):
        _, start = next_bar(bars, position, position + 0.5)
        assert position + min(bar, 2.5) <= start <= position + 2 * bar


def test_no_control_holds_from_the_last_chord_on(plan):
    bars = first_bars(plan)
    assert [bar for bar, _ in bars] == list(range(1, 14))
    assert bars[4] == (5, pytest.approx(8.2))
    assert plan.bar_line(14) == plan.last_chord
    assert first_bars(replace(plan, last_chord=None))[-1][0] == 15
