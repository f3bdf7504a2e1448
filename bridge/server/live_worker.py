"""A live piece in the worker process: takes changes from the server, and reports drafts to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from bridge.server import worker_protocol as protocol
from engine.cues import CueSheet
from engine.live.control import EARLY, LiveChange
from engine.plan.plan import Plan
from engine.score import Note

if TYPE_CHECKING:
    from engine.composing.listener import Listener

DRAFT = 0.2
"""Seconds from one draft of a live piece to the next."""


class LiveWorker:
    """Follows a live piece while it is composed, and has it changed (``bridge.scoring.live``)."""

    def __init__(self, report: Callable[[protocol.Event], None], lines: SimpleQueue[bytes]) -> None:
        """lines: what the server sends meanwhile."""
        self._report, self._lines = report, lines
        self._coming: list[LiveChange] = []
        """Changes that have come and are not taken yet."""
        self._finishes = False
        self._taken = 0
        """How many changes the present music takes into account."""
        self._until = 0.0
        """All that begins before this has been reported, and stays as it is."""
        self._flush: Callable[[], None] = lambda: None

    def next_change(self, complete: bool, /) -> LiveChange | None:
        """The next change. Of several from the same bar the last one counts."""
        while complete and not self._coming and not self._finishes:
            self._take(self._lines.get())
        self._take_waiting()
        if not self._coming:
            return None
        self._flush()
        change = self._coming.pop(0)
        self._taken += 1
        while self._coming and self._coming[0].bar == change.bar:
            change = self._coming.pop(0)
            self._taken += 1
        return change

    def follow(self, cues: CueSheet, plan: Plan | None, change: LiveChange | None, /) -> Listener:
        """A listener that reports notes and chords, several at a time."""
        if change is not None and plan is not None:
            begin = plan.seconds_at(plan.bar_line(change.bar)) - EARLY
            self._until = min(self._until, begin)
        taken, resume = self._taken, self._until
        notes: list[Note] = []
        chords: list[float] = []
        sent, ready = 0.0, resume

        def flush() -> None:
            nonlocal sent
            if ready > self._until or notes or chords:
                self._report(protocol.Draft(tuple(notes), tuple(chords), ready, taken))
                self._until, sent = ready, time.monotonic()
                notes.clear()
                chords.clear()

        def listen(new: tuple[Note, ...], new_chords: tuple[float, ...], until: float) -> None:
            nonlocal ready
            # What is kept of the music before a change has been reported up to there.
            notes.extend(note for note in new if note.onset >= resume)
            chords.extend(chord for chord in new_chords if chord >= resume)
            ready = max(ready, until)
            if until >= cues.duration or time.monotonic() - sent >= DRAFT:
                flush()

        self._flush = flush
        return listen

    def _take_waiting(self) -> None:
        while not self._lines.empty():
            try:
                self._take(self._lines.get_nowait())
            except Empty:
                return

    def _take(self, line: bytes) -> None:
        match protocol.parse_message(line):
            case protocol.Change(change):
                self._coming.append(change)
            case protocol.Finish():
                self._finishes = True
