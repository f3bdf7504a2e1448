"""Turns the notes of a part into voices of chords that a player can read.

What was played is sustained unevenly: tones of a chord end apart, and notes overlap. Notation needs
chords of one length, and few rests. So lengths change here, but no onset and no pitch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from export.notation.grid import QUARTER, GridNote

SMALL_SHARE = 0.5
"""A note that lasts this share of the time to the next one is written up to the next one."""
LONGEST_FILLED = 2 * QUARTER
"""Gaps are filled up to this time between two onsets, in units."""
OVERLAP = QUARTER
"""A chord that goes on longer than this after the next onset needs a voice of its own."""


@dataclass(frozen=True, slots=True)
class Chord:
    """Pitches that begin and end together, in units. pitches: rising."""

    start: int
    end: int
    pitches: tuple[int, ...]


Voice = tuple[Chord, ...]
"""Chords by time; none overlaps the next."""


def voices(notes: Sequence[GridNote], step: int, most: int = 2) -> tuple[Voice, ...]:
    """The voices of a staff, at most ``most``; where two sound, the first is mostly the upper one.

    step: the smallest part of a beat, in units.
    """
    lines: list[list[Chord]] = [[] for _ in range(most)]
    for chord in _chords(notes):
        _place(chord, lines)
    again = _onsets(notes)
    return tuple(
        tuple(_until_again(chord, again) for chord in _filled(line, step)) for line in lines if line
    )


def hits(notes: Iterable[GridNote], step: int) -> Voice:
    """Drums as one voice: each stroke lasts up to the next one, at most to the end of its beat."""
    chords = list(_chords(notes, apart=False))
    placed = []
    for chord, following in zip(chords, [*chords[1:], None], strict=True):
        beat = chord.start - chord.start % QUARTER + QUARTER
        end = beat if following is None else min(beat, following.start)
        placed.append(replace(chord, end=max(end, chord.start + step)))
    return tuple(placed)


def split(notes: Iterable[GridNote], at: int) -> tuple[list[GridNote], list[GridNote]]:
    """Notes for the upper and the lower staff. at: the lowest pitch of the upper one.

    A chord within an octave stays in one staff: the one of its middle.
    """
    upper: list[GridNote] = []
    lower: list[GridNote] = []
    for _, group in groupby(notes, key=lambda note: note.onset):
        chord = list(group)
        pitches = [note.pitch for note in chord]
        low, high = min(pitches), max(pitches)
        for note in chord:
            of = note.pitch if high - low > 12 else (low + high) / 2
            (upper if of >= at else lower).append(note)
    return upper, lower


def _chords(notes: Iterable[GridNote], apart: bool = True) -> Iterable[Chord]:
    """Notes of one onset as chords. apart: tones that last far longer become another chord."""
    for onset, group in groupby(notes, key=lambda note: note.onset):
        tones = sorted(group, key=lambda note: note.end)
        shortest = tones[0].end
        short = [n for n in tones if not apart or n.end - shortest <= OVERLAP]
        for chord in (short, tones[len(short) :]):
            if chord:
                # The middle one: a single tone that rings on does not count.
                end = chord[len(chord) // 2].end
                pitches = tuple(sorted({note.pitch for note in chord}))
                yield Chord(onset, max(end, onset + 1), pitches)


def _place(chord: Chord, lines: list[list[Chord]]) -> None:
    """Add a chord to the first voice that is free, or make one free."""
    for place, line in enumerate(lines):
        if line and line[-1].start == chord.start:
            continue
        if not line or line[-1].end - chord.start <= OVERLAP:
            # A held chord below a moving line belongs to the lower voice.
            if place and _is_higher(chord, lines[0][-1]) and _move_down(lines):
                line = lines[0]
            _append(line, chord)
            return
    free = [line for line in lines if line[-1].start < chord.start]
    if free:
        _append(min(free, key=lambda line: line[-1].end), chord)
    else:
        # As many chords begin here as there are voices: the tones join the last one.
        last = lines[-1][-1]
        pitches = tuple(sorted({*last.pitches, *chord.pitches}))
        lines[-1][-1] = replace(last, pitches=pitches)


def _is_higher(chord: Chord, other: Chord) -> bool:
    return sum(chord.pitches) * len(other.pitches) > sum(other.pitches) * len(chord.pitches)


def _move_down(lines: list[list[Chord]]) -> bool:
    """Move the last chord of the first voice to the second one, if that is free."""
    first, second = lines[:2]
    if second and second[-1].end > first[-1].start:
        return False
    second.append(first.pop())
    return True


def _append(line: list[Chord], chord: Chord) -> None:
    if line:
        line[-1] = replace(line[-1], end=min(line[-1].end, chord.start))
    line.append(chord)


def _onsets(notes: Iterable[GridNote]) -> dict[int, list[int]]:
    """The onsets of each pitch, rising."""
    found: dict[int, list[int]] = {}
    for note in notes:
        found.setdefault(note.pitch, []).append(note.onset)
    return found


def _until_again(chord: Chord, onsets: Mapping[int, Sequence[int]]) -> Chord:
    """The chord, which ends where one of its pitches begins again, in another voice too."""
    following = [
        later
        for pitch in chord.pitches
        for later in onsets[pitch][bisect_right(onsets[pitch], chord.start) :][:1]
    ]
    return replace(chord, end=min([chord.end, *following]))


def _filled(line: Sequence[Chord], step: int) -> Iterable[Chord]:
    """Chords without the small rests after them."""
    for chord, following in zip(line, [*line[1:], None], strict=True):
        length = chord.end - chord.start
        room = None if following is None else following.start - chord.start
        if room is not None and room <= LONGEST_FILLED and length >= SMALL_SHARE * room:
            yield replace(chord, end=chord.start + room)
            continue
        # A rest begins on an eighth rather than on a sixteenth.
        unit = max(step, QUARTER // 2) if step != QUARTER // 3 else step
        end = -(-chord.end // unit) * unit
        yield replace(chord, end=end if room is None else min(end, chord.start + room))
