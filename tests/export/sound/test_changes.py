"""Where two versions of a part may sound otherwise."""

from __future__ import annotations

import math
from itertools import chain

import pytest
from mido import Message

from export.sound.changes import changed_stretch, note_spans
from export.sound.synthesizer import Event

FRAMES = 100_000
TAIL = 1000
"""Frames in which a note of these tests dies away."""


def note(onset: int, end: int, pitch: int = 60, velocity: int = 90) -> list[Event]:
    return [
        Event(onset, Message("note_on", note=pitch, velocity=velocity)),
        Event(end, Message("note_off", note=pitch)),
    ]


def control(frame: int, number: int, value: int) -> list[Event]:
    return [Event(frame, Message("control_change", control=number, value=value))]


def stretch(old: list[list[Event]], new: list[list[Event]]) -> tuple[int, int] | None:
    lists = (sorted(chain(*parts), key=lambda event: event.frame) for parts in (old, new))
    return changed_stretch(*lists, FRAMES, TAIL / 48000)


KEPT = [note(0, 1000), note(20_000, 21_000), note(50_000, 60_000, 72)]


def test_equal_events_change_nothing():
    assert stretch(KEPT, KEPT) is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [note(30_000, 31_000)], (30_000, 31_000)),
        ([note(30_000, 31_000)], [note(32_000, 33_000)], (30_000, 33_000)),
        # Another velocity until the same end.
        ([note(30_000, 40_000)], [note(30_000, 40_000, 60, 50)], (30_000, 40_000)),
        # The note of 50,000 sounds on, as before.
        ([note(49_900, 50_500)], [], (49_900, 50_500)),
        ([note(0, 99_900, 40)], [note(0, 99_950, 40)], (99_900, FRAMES)),
    ],
)
def test_a_change_lasts_until_its_notes_have_died_away(old, new, expected):
    start, end = expected
    found = (start, min(end + TAIL, FRAMES))
    assert stretch([*KEPT, *old], [*KEPT, *new]) == found
    assert stretch([*KEPT, *new], [*KEPT, *old]) == found


def test_a_controller_counts_until_it_is_set_again():
    volume = control(0, 11, 100)
    soft = control(30_000, 11, 40)
    kept = [*KEPT, volume]
    # The note of 50,000 begins before that.
    assert stretch([*kept, control(51_000, 11, 90)], [*kept, soft, control(51_000, 11, 90)]) == (
        30_000, 60_000 + TAIL,
    )  # fmt: skip
    assert stretch([*kept, control(45_000, 11, 90)], [*kept, soft, control(45_000, 11, 90)]) == (
        30_000, 45_000 + TAIL,
    )  # fmt: skip
    assert stretch(kept, [*kept, soft]) == (30_000, FRAMES)


def test_notes_last_as_long_as_the_pedal():
    events = sorted(
        [*control(500, 64, 127), *note(0, 1000), *note(2000, 3000), *control(5000, 64, 0)],
        key=lambda event: event.frame,
    )
    spans = [(span.onset, span.release) for span in sorted(note_spans(events))]
    assert spans == [(0, 5000), (2000, 5000)]
    assert [span.release for span in note_spans(events[:-1])] == [math.inf, math.inf]
