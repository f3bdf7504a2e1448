"""What a user may fix of a plan, and the texts that say so."""

from __future__ import annotations

import pytest

from engine.errors import EmsyncError
from engine.plan.plan_options import PlanOptions, split_bars


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("Am F C G", ("Am", "F", "C", "G")),
        ("Am | F G", ("Am", "F G")),
        ("| Am | F   G |", ("Am", "F G")),
        ("  C/E\tG7\n", ("C/E", "G7")),
        ("| Am | F |\n", ("Am", "F")),
        ("Am", ("Am",)),
    ],
)
def test_bars_are_parted_by_bar_lines_or_spaces(text, bars):
    assert split_bars(text) == bars


@pytest.mark.parametrize("text", ["", " ", "|", "Am || F", "| |"])
def test_a_bar_without_chords_is_an_error(text):
    with pytest.raises(
        EmsyncError, match=r"^chords '.*': write one or more for each bar"
    ) as caught:
        split_bars(text)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"bpm": 29.0}, "bpm 29: give 30 to 300"),
        ({"bpm": 301.0}, "bpm 301: give 30 to 300"),
        ({"time_signature": "7/8"}, "time_signature '7/8': choose from 2/4, 3/4, 4/4, 6/8, 12/8"),
        ({"feel": "funky"}, "feel 'funky': choose from straight, swing, triplet"),
        (
            {"feel": "swing", "time_signature": "6/8"},
            "feel 'swing': goes with the time signatures 2/4, 3/4, 4/4",
        ),
        ({"key": "H"}, "key 'H': write it as C, F#m or 'Bb major'"),
        ({"density": 0.1}, "density 0.1: give 0.5 to 40 notes a second"),
        ({"chords": ("Am", "X")}, "chord 'X': write a root"),
        ({"chords": ("Am", " ")}, "chords[1]: name one or more chords"),
        (
            {"chords": ("Am", "C D E F"), "time_signature": "3/4"},
            "chords[1]: 'C D E F' has more chords than a bar has beats, 3",
        ),
    ],
)
def test_options_out_of_range_are_one_line(options, complaint):
    with pytest.raises(EmsyncError) as caught:
        PlanOptions(**options)
    assert str(caught.value).startswith(complaint)
    assert len(str(caught.value).splitlines()) == 1
