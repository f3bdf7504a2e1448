"""Music of a piece that is given: it is kept as it is, and the rest is composed around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from engine.composing.state import Key
from engine.music import vocabulary as voc
from engine.music.events import within_instant
from engine.music.vocabulary import to_steps
from engine.score import Note, Score

SAME_INSTANT = 0.002
"""Seconds within which a time counts as a span's edge; a step of the tokens is four times that."""


@dataclass(frozen=True)
class Given:
    """Spans of a piece whose music is given. All times are seconds from the piece's start.

    spans: start and end of each, rising; two may touch. Nothing else begins in them, and what
    sounds before ends where one begins. notes: those that begin in a span; they may last beyond its
    end. chords: the CHORD marks in the spans. bars: the downbeats in the spans, their starts
    included if they are downbeats.
    """

    spans: tuple[tuple[float, float], ...]
    notes: tuple[Note, ...]
    chords: tuple[float, ...] = ()
    bars: tuple[float, ...] = ()

    def moved(self, at: Callable[[float], float]) -> Given:
        """The same in another time. at: gives the new time of an old one."""
        return Given(
            tuple((at(start), at(end)) for start, end in self.spans),
            tuple(replace(note, onset=at(note.onset), end=at(note.end)) for note in self.notes),
            tuple(map(at, self.chords)),
            tuple(map(at, self.bars)),
        )

    def holds(self, seconds: float) -> bool:
        """Whether a time lies in a span."""
        place = bisect_right(self.spans, seconds + SAME_INSTANT, key=lambda span: span[0]) - 1
        return place >= 0 and seconds < self.spans[place][1] - SAME_INSTANT

    @cached_property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """The spans in steps: the first, and the one after the last."""
        return tuple((to_steps(start), to_steps(end)) for start, end in self.spans)

    @cached_property
    def ends(self) -> dict[tuple[int, Key], int]:
        """The step at which each note ends, by the step of its onset and its key.

        It lasts a step at least, and ends where the next one of its key begins.
        """
        found: dict[tuple[int, Key], int] = {}
        following: dict[Key, int] = {}
        for note in sorted(self.notes, key=lambda note: (note.onset, note.end), reverse=True):
            key = voc.INSTRUMENTS.index(note.instrument), note.pitch
            onset = to_steps(note.onset)
            end = max(to_steps(note.end), onset + 1)
            if (onset, key) not in found:
                found[onset, key] = min(end, following.get(key, end))
                following[key] = onset
        return found

    @cached_property
    def events(self) -> tuple[tuple[int, int], ...]:
        """The step of each BAR, CHORD and ON, and the token; in the order of tokens."""
        marks = [(to_steps(bar), voc.BAR) for bar in self.bars]
        marks += [(to_steps(chord), voc.CHORD) for chord in self.chords]
        marks += [
            (onset, voc.note_on(voc.INSTRUMENTS[instrument], pitch))
            for onset, (instrument, pitch) in self.ends
            if voc.LOWEST_PITCH <= pitch <= voc.HIGHEST_PITCH
        ]
        return tuple(sorted(set(marks), key=lambda event: (event[0], *within_instant(event[1]))))

    def steps_before(self, step: int) -> int:
        """How many steps before this one lie in spans."""
        return sum(min(end, step) - start for start, end in self.steps if start < step)

    def notes_before(self, step: int) -> int:
        """How many given notes begin before this step."""
        return bisect_left(self._onsets, step)

    @cached_property
    def _onsets(self) -> list[int]:
        return sorted(onset for onset, _ in self.ends)


def with_given(score: Score, given: Given) -> Score:
    """A score whose spans hold the given notes and chords to the letter, and nothing else."""
    notes = [note for note in score.notes if not given.holds(note.onset)]
    chords = [chord for chord in score.chords if not given.holds(chord)]
    return replace(
        score,
        notes=tuple(sorted([*notes, *given.notes], key=_order)),
        chords=tuple(sorted([*chords, *given.chords])),
    )


def _order(note: Note) -> tuple[float, int, int]:
    return note.onset, voc.INSTRUMENTS.index(note.instrument), note.pitch
