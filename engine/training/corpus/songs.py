"""Songs ready to be tokenised: checked, with times in seconds, and with chords and conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.music.chords import chord_onsets
from engine.music.conditions import UNKNOWN, Conditions
from engine.music.key import find_key
from engine.score import CHORDAL, Instrument, Note, Score
from engine.training.corpus.midi import read_midi
from engine.training.corpus.pianoroll import read_pianoroll
from engine.training.corpus.source_song import SourceSong, UnusableSong, last_end

__all__ = ["READERS", "Song", "UnusableSong", "read_song", "to_song"]

MIN_NOTES = 32
MIN_SECONDS, MAX_SECONDS = 8.0, 1800.0
MAX_NOTES_PER_SECOND = 100.0

READERS: dict[str, Callable[[Path], SourceSong]] = {
    ".mid": read_midi,
    ".midi": read_midi,
    ".npz": read_pianoroll,
}
"""The readers of files, by suffix in lower case."""


@dataclass(frozen=True, slots=True)
class Song:
    """A song ready to be tokenised, with its conditions.

    conditions: valence and arousal are unknown here; they are labels, not properties of notes.
    """

    score: Score
    conditions: Conditions

    @property
    def instruments(self) -> frozenset[Instrument]:
        """The instruments that have notes."""
        return frozenset(note.instrument for note in self.score.notes)


def read_song(path: Path) -> Song:
    """Read a file; raises :class:`UnusableSong` with the reason if it can't be used."""
    return to_song(READERS[path.suffix.lower()](path))


def to_song(source_song: SourceSong) -> Song:
    """Convert a song to seconds, and find its chords, key and density.

    Raises :class:`UnusableSong` if it is too short or too long, or has too few notes or too many.
    """
    parts, bars, clock = source_song.parts, source_song.bars, source_song.clock
    quarter = source_song.ticks_per_quarter
    notes = sum(len(onsets) for onsets, *_ in parts.values())
    if notes < MIN_NOTES:
        raise UnusableSong("too few notes")
    # The piece begins at the bar of its first note and ends with its last.
    first = min(onsets.min() for onsets, *_ in parts.values())
    zero = max((bar for bar in bars if bar <= first), default=first)
    start = clock.seconds(zero)
    seconds = {
        instrument: (clock.seconds(onsets) - start, clock.seconds(ends) - start, pitches)
        for instrument, (onsets, ends, pitches) in parts.items()
    }
    duration = last_end(seconds)
    if not MIN_SECONDS <= duration <= MAX_SECONDS:
        raise UnusableSong("too short or too long")
    if notes / duration > MAX_NOTES_PER_SECOND:
        raise UnusableSong("too dense")

    chords = chord_onsets(
        [
            (onsets / quarter, ends / quarter, pitches)
            for instrument in CHORDAL
            if instrument in parts
            for onsets, ends, pitches in [parts[instrument]]
        ]
    )
    score = Score(
        notes=tuple(
            Note(instrument, float(onset), float(end), int(pitch))
            for instrument, columns in seconds.items()
            for onset, end, pitch in zip(*columns, strict=True)
        ),
        bars=tuple((clock.seconds(bars[bars >= zero]) - start).tolist()),
        chords=tuple((clock.seconds(chords * quarter) - start).tolist()),
        duration=duration,
    )
    tonal = [columns for i, columns in seconds.items() if i is not Instrument.DRUMS]
    conditions = Conditions(
        tempo=clock.tempo,
        metre=source_song.metre,
        key=find_key(
            np.concatenate([pitches for *_, pitches in tonal]),
            np.concatenate([ends - onsets for onsets, ends, _ in tonal]),
        )
        if tonal
        else UNKNOWN,
        density=notes / duration,
    )
    return Song(score, conditions)
