"""Hands the events of a piece over to the output and to the listener."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from bridge.midi.output import Output
from bridge.play.event_stream import Due, EventStream, Mark
from bridge.play.piece import Moment, Piece
from bridge.play.playhead import Playhead, Timeline
from engine.score import Note


class Feed:
    """Hands over one piece, from ``begin`` on. Positions are seconds of the piece.

    filled: the position up to which events are handed over.
    """

    def __init__(self, piece: Piece, notify: Callable[[Moment], None]) -> None:
        """notify: receives notes, chords and boundaries, before they are heard."""
        self._notify = notify
        self.start(piece, 0.0)

    def start(self, piece: Piece, begin: float) -> None:
        """Hand over a piece from the position ``begin`` on, in place of the one before."""
        self.begin = self.filled = begin
        self._stream = EventStream(piece, begin)

    def add(self, notes: Iterable[Note], chords: Iterable[float]) -> None:
        """Add to the piece, after what is handed over."""
        self._stream.add(notes, chords)

    def cut(self, seconds: float) -> None:
        """Leave out the notes and chords from a position on; notes that sound keep their ends."""
        self._stream.cut(seconds)

    def fill(self, playhead: Playhead, output: Output, when: float) -> Timeline | None:
        """Hand over what is due before the moment ``when``, or up to the end of the loop.

        Returns the timeline of the loop's next turn, if that is due too. It belongs to the
        playhead before the next call.

        Raises EmsyncError when the output is gone.
        """
        timeline, loop = playhead.timelines[-1], playhead.loop
        until = min(timeline.position_at(when), playhead.known)
        if loop is not None and self.filled < loop[1] <= until:
            begin, end = loop
            self._send(self._stream.until(end), timeline, output)
            self._send(self._stream.release(end), timeline, output)
            self.start(playhead.piece, begin)
            return Timeline(timeline.when_at(end), begin, timeline.rate)
        if until > self.filled:
            self._send(self._stream.until(until), timeline, output)
            self.filled = until
        if until >= playhead.piece.duration:
            self._send(self._stream.until(math.inf), timeline, output)
        return None

    def _send(self, dues: Iterable[Due], timeline: Timeline, output: Output) -> None:
        latency = output.latency
        for due in dues:
            when = timeline.when_at(due.seconds)
            if isinstance(due, Mark):
                self._notify(Moment(due.kind, due.seconds, when + latency))
                continue
            output.send(when, due.instrument, due.message)
            if due.note is not None:
                self._notify(Moment("note", due.seconds, when + latency, note=due.note))
