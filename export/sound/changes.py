"""Finds the stretch of a part's sound in which two versions of its events may differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from mido import Message

from export.sound.blocks import RATE
from export.sound.synthesizer import TAIL, Event, kind_of

_NOTES = ("note_on", "note_off")
_PEDAL, _DOWN = 64, 64
"""The controller of the pedal, and the least value at which it is down."""


def changed_stretch(
    old: Sequence[Event], new: Sequence[Event], frames: int, tail: float = TAIL
) -> tuple[int, int] | None:
    """The first frame and the end of what sounds otherwise; None where nothing does.

    old, new: events by time. frames: of the piece. tail: the seconds in which a note dies away. The
    stretch lasts until notes that differ have died away, and until controllers, bends and programs
    are the same again.
    """
    head = _common(old, new)
    if head == len(old) == len(new):
        return None
    same = _common(old[head:][::-1], new[head:][::-1])
    differing = [*old[head : len(old) - same], *new[head : len(new) - same]]
    start, last = (find(event.frame for event in differing) for find in (min, max))
    end = _same_state(old, new, last)
    spans = {*note_spans(old)}, {*note_spans(new)}
    ends = [span.release for span in spans[0] ^ spans[1]]
    if any(event.message.type not in _NOTES for event in differing):
        # A program counts for as long as the notes last that have begun with it.
        ends += [s.release for s in spans[0] | spans[1] if start <= s.onset <= end]
    end = max([end, *ends])
    return min(start, frames), round(min(end + tail * RATE, frames))


class Span(NamedTuple):
    """A note as it sounds: onset and release in frames, channel, pitch and velocity.

    A note without an end has an infinite release.
    """

    onset: int
    release: float
    channel: int
    pitch: int
    velocity: int


def note_spans(events: Sequence[Event]) -> list[Span]:
    """The notes of some events.

    One that ends while the pedal is down is released with the pedal.
    """
    spans: list[Span] = []
    played: dict[tuple[int, int], list[Event]] = {}
    held: dict[int, list[Event]] = {}
    down: set[int] = set()
    for event in events:
        message = event.message
        if message.type == "note_on" and message.velocity > 0:
            played.setdefault((message.channel, message.note), []).append(event)
        elif message.type in _NOTES:
            ended = played.pop((message.channel, message.note), [])
            if message.channel in down:
                held.setdefault(message.channel, []).extend(ended)
            else:
                spans += [_span(note, event.frame) for note in ended]
        elif message.type == "control_change" and message.control == _PEDAL:
            if message.value >= _DOWN:
                down.add(message.channel)
            else:
                down.discard(message.channel)
                spans += [_span(note, event.frame) for note in held.pop(message.channel, [])]
    endless = [*played.values(), *held.values()]
    return [*spans, *(_span(note, math.inf) for notes in endless for note in notes)]


def _span(event: Event, release: float) -> Span:
    message = event.message
    return Span(event.frame, release, message.channel, message.note, message.velocity)


def _common(one: Sequence[Event], other: Sequence[Event]) -> int:
    """How many events two lists have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _same_state(old: Sequence[Event], new: Sequence[Event], frame: float) -> float:
    """When everything that differs at a frame has been set again; infinity if it never is.

    Both lists have the same events after ``frame``.
    """
    before, after = _state(old, frame), _state(new, frame)
    differing = {kind for kind in {*before, *after} if before.get(kind) != after.get(kind)}
    latest = frame
    for kind in differing:
        sets = (e.frame for e in new if e.frame > frame and kind_of(e.message) == kind)
        latest = max(latest, next(sets, math.inf))
    return latest


def _state(events: Sequence[Event], frame: float) -> dict[tuple[str, int, int], Message]:
    """What is set at the end of a frame, by its kind."""
    return {
        kind_of(event.message): event.message
        for event in events
        if event.frame <= frame and event.message.type not in _NOTES
    }
