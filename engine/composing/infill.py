"""Music of a piece that is given: it is kept as it is, and the rest is composed around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from engine.composing.state import Key
from engine.music import vocabulary as voc
from engine.music.events import note_order, within_instant
from engine.music.vocabulary import STEP_MS, to_steps
from engine.score import Instrument, Note, Score

SAME_INSTANT = 0.002
"""Seconds within which a time counts as a span's edge; a step of the tokens is four times that."""


@dataclass(frozen=True)
class Given:
    """Spans of a piece whose music is given. All times are seconds from the piece's start.

    spans: start and end of each, rising; two may touch. Nothing else begins in them, and what
    sounds before ends where one begins. notes: those that begin in a span; they may last beyond its
    end. chords: the CHORD marks in the spans. bars: the downbeats in the spans, their starts
    included if they are downbeats. free: for each span, the parts that are composed in it beside
    the given ones; left out, there are none in any span.
    """

    spans: tuple[tuple[float, float], ...]
    notes: tuple[Note, ...]
    chords: tuple[float, ...] = ()
    bars: tuple[float, ...] = ()
    free: tuple[frozenset[Instrument], ...] = ()

    def moved(self, at: Callable[[float], float]) -> Given:
        """The same in another time. at: gives the new time of an old one."""
        return Given(
            tuple((at(start), at(end)) for start, end in self.spans),
            tuple(replace(note, onset=at(note.onset), end=at(note.end)) for note in self.notes),
            tuple(map(at, self.chords)),
            tuple(map(at, self.bars)),
            self.free,
        )

    def free_at(self, seconds: float) -> frozenset[Instrument] | None:
        """The parts that are composed at a time beside given ones; None outside the spans."""
        seconds += SAME_INSTANT
        place = bisect_right(self.spans, seconds, key=lambda span: span[0]) - 1
        if place < 0 or seconds >= self.spans[place][1]:
            return None
        return self.free_in(place)

    def free_in(self, place: int) -> frozenset[Instrument]:
        """The parts that are composed in a span, by its number."""
        return self.free[place] if self.free else frozenset()

    def holds(self, seconds: float) -> bool:
        """Whether all music at a time is given."""
        return self.free_at(seconds) == frozenset()

    def keeps(self, note: Note) -> bool:
        """Whether a note begins where all notes of its part are given."""
        free = self.free_at(note.onset)
        return free is not None and note.instrument not in free

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

    def composed(
        self, first: int, until: int
    ) -> Iterator[tuple[int, frozenset[Instrument] | None]]:
        """How many steps of a stretch are composed, and by whom; None stands for all parts."""
        outside = until - first
        for place, (start, end) in enumerate(self.steps):
            inside = min(end, until) - max(start, first)
            if inside > 0:
                outside -= inside
                if free := self.free_in(place):
                    yield inside, free
        if outside > 0:
            yield outside, None

    def notes_before(self, step: int) -> int:
        """How many given notes begin before this step."""
        return bisect_left(self._onsets, step)

    @cached_property
    def _onsets(self) -> list[int]:
        return sorted(onset for onset, _ in self.ends)


def with_given(score: Score, given: Given) -> Score:
    """A score whose spans hold the given notes, bars and chords to the letter.

    Of their parts they hold nothing else. New notes do not sound together with a given note of
    their part and pitch.
    """
    new = (note for note in score.notes if not given.keeps(note))
    chords = [
        chord
        for chord in score.chords
        if not given.holds(chord)
        and all(abs(chord - other) > SAME_INSTANT for other in given.chords)
    ]
    bars = [bar for bar in score.bars if given.free_at(bar) is None]
    return replace(
        score,
        bars=tuple(sorted([*bars, *given.bars])),
        notes=tuple(sorted([*_apart(new, given.notes), *given.notes], key=note_order)),
        chords=tuple(sorted([*chords, *given.chords])),
    )


def _apart(new: Iterable[Note], given: Iterable[Note]) -> Iterator[Note]:
    """New notes that end before given ones of their pitch begin, without those within one."""
    known: defaultdict[tuple[Instrument, int], list[Note]] = defaultdict(list)
    for note in given:
        known[note.instrument, note.pitch].append(note)
    for note in new:
        others = known.get((note.instrument, note.pitch), ())
        sounding = [other.end for other in others if other.onset <= note.onset < other.end]
        # The end of a given note may have been rounded to the step at which a new one begins.
        onset = max([note.onset, *sounding])
        later = [other.onset for other in others if note.onset < other.onset < note.end]
        end = min([note.end, *later])
        if onset - note.onset < STEP_MS / 1000 and onset < end:
            yield replace(note, onset=onset, end=end)
