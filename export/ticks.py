"""A score in ticks, as the files of MIDI programs count it.

A note's ticks lie within one tick of its seconds. A pitch cannot sound twice in a part at once: a
second onset ends the first note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.music.tempo import TempoMap, tempo_map
from engine.score import Instrument, Score


@dataclass(frozen=True, slots=True, order=True)
class TickNote:
    """A note that lasts a tick or more. pitch: of MIDI. velocity: 1..127."""

    onset: int
    end: int
    pitch: int
    velocity: int


class TickControl(NamedTuple):
    """A controller's new value, 0..127."""

    tick: int
    controller: int
    value: int


@dataclass(frozen=True, slots=True)
class TickScore:
    """The notes of each part, rising, in ticks of ``tempo_map``.

    end: the tick at which every part ends. controls: of each part that has any, by tick.
    """

    tempo_map: TempoMap
    end: int
    parts: Mapping[Instrument, tuple[TickNote, ...]]
    controls: Mapping[Instrument, tuple[TickControl, ...]] = field(default_factory=dict)


def tick_score(score: Score) -> TickScore:
    """A score in ticks of its tempo map."""
    beats = tempo_map(score)
    onsets = beats.tick_at([note.onset for note in score.notes]).tolist()
    ends = beats.tick_at([note.end for note in score.notes]).tolist()
    # A note lasts at least a tick, even one that rounds to the end of the score.
    last = max([int(beats.tick_at(score.duration)), *(onset + 1 for onset in onsets)])
    spans: dict[Instrument, dict[int, dict[int, tuple[int, int]]]] = {i: {} for i in Instrument}
    for note, onset, end in zip(score.notes, onsets, ends, strict=True):
        of_pitch = spans[note.instrument].setdefault(note.pitch, {})
        # In MIDI a note-on with velocity 0 means note-off.
        span = (max(min(end, last), onset + 1), max(note.velocity, 1))
        of_pitch[onset] = max(span, of_pitch.get(onset, span))
    parts = {i: _notes(pitches) for i, pitches in spans.items()}
    return TickScore(beats, last, parts, _controls(score, beats, last))


def _controls(
    score: Score, beats: TempoMap, last: int
) -> dict[Instrument, tuple[TickControl, ...]]:
    found: dict[Instrument, list[TickControl]] = {}
    ticks = beats.tick_at([change.seconds for change in score.controls]).tolist()
    for tick, change in zip(ticks, score.controls, strict=True):
        control = TickControl(min(tick, last), change.controller, change.value)
        found.setdefault(change.instrument, []).append(control)
    return {i: tuple(sorted(changes, key=lambda c: c.tick)) for i, changes in found.items()}


def _notes(pitches: Mapping[int, Mapping[int, tuple[int, int]]]) -> tuple[TickNote, ...]:
    """The notes of a part, given each pitch's end and velocity by onset."""
    notes = []
    for pitch, spans in pitches.items():
        onsets = sorted(spans)
        for onset, following in zip(onsets, [*onsets[1:], None], strict=True):
            end, velocity = spans[onset]
            end = end if following is None else min(end, following)
            notes.append(TickNote(onset, end, pitch, velocity))
    return tuple(sorted(notes))
