"""Notes and chords of a piece for someone who follows it while it is composed."""

from __future__ import annotations

from collections.abc import Callable

from engine.music.events import ScoreBuilder
from engine.music.vocabulary import to_seconds
from engine.score import Note, Score

Listener = Callable[[tuple[Note, ...], tuple[float, ...], float], None]
"""Receives notes by onset, CHORDs in seconds, and the time before which nothing more begins."""


class NoteFeed:
    """Hands each note to a listener once it has ended, and each CHORD once it has come."""

    def __init__(
        self, listener: Listener, builder: ScoreBuilder, duration: float, first: int = 0
    ) -> None:
        """duration: of the piece, in seconds. first: what begins before this step is known."""
        self._listener, self._builder, self._duration = listener, builder, duration
        self._first = first
        self._notes = self._chords = 0
        """How many the listener has."""

    def send(self, score: Score | None) -> None:
        """Hand on what is new. score: the finished score, or None while the piece goes on."""
        builder, begin = self._builder, to_seconds(self._first)
        if score is None and builder.cursor < self._first:
            return
        if score is not None:
            known = set(builder.notes[: self._notes])
            fresh = [note for note in score.notes if note not in known]
            until = self._duration
        else:
            fresh = builder.notes[self._notes :]
            onsets = (onset for onset, _ in builder.active.values() if onset >= self._first)
            until = to_seconds(min(onsets, default=builder.cursor))
        chords = builder.chords
        new_chords = tuple(chord for chord in chords[self._chords :] if chord >= begin)
        self._notes, self._chords = len(builder.notes), len(chords)
        fresh = sorted((n for n in fresh if n.onset >= begin), key=lambda note: note.onset)
        self._listener(tuple(fresh), new_chords, until)
