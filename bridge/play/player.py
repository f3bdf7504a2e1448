"""The player: sends a piece in time, from any position.

A thread hands the events of the next half second to the output and to the listener. Stop, pause,
locate, a lack of composed music and errors all interrupt the flow. Each of them first drops what
was handed over and ends all active notes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bridge.midi.messages import introduction
from bridge.midi.output import STALLED_AFTER, Output
from bridge.midi.scheduler import request_realtime
from bridge.play.feed import Feed
from bridge.play.notifier import Notifier
from bridge.play.piece import Moment, Piece, State, Status
from bridge.play.playhead import Playhead, Timeline
from bridge.play.reserve import RESERVE, Reserve
from engine.errors import EmsyncError
from engine.score import Instrument, Note

LOOKAHEAD = 0.5
"""Seconds of music to hand over ahead: the thread may oversleep so long on a busy machine."""
_TICK = 0.1
_TAIL = 0.15
"""Seconds in which the last messages may still be on their way."""

log = logging.getLogger(__name__)


class Player:
    """Plays one piece at a time. Every method may be called from any thread.

    Calls wait for the output, which may hang for seconds. ``status`` and the properties never
    wait: they read a snapshot, the playhead.
    """

    def __init__(
        self,
        output: Output,
        listener: Callable[[Moment], None] | None = None,
        reserve: float = RESERVE,
    ) -> None:
        """listener: called with notes, chords, boundaries and changes of state as they pass. It
        has its own thread; its exceptions are logged and disturb nothing. reserve: seconds of
        music to have ahead before an unfinished piece starts, or starts again; it grows for a
        piece whose music runs out."""
        self.output, self.reserve = output, Reserve(reserve)
        self._notifier = Notifier(listener)
        self._lock = threading.RLock()
        self._wake = threading.Condition(self._lock)
        self._playhead = Playhead()
        """Replaced as a whole, with the lock held; read without it."""
        self._feed = Feed(self._playhead.piece, self._notifier.notify)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="emsync player", daemon=True)
        self._thread.start()

    def load(self, piece: Piece, until: float | None = None) -> None:
        """Stop, and take a piece in place of the one before.

        until: the piece is still being composed, and is known up to here (default: finished).
        """
        known = piece.duration if until is None else until
        with self._lock:
            self.reserve.load(known, time.monotonic())
            self._halt("stopped", 0.0, piece=piece, known=known, loop=None, shortage=None)

    def extend(self, notes: Iterable[Note], until: float, chords: Iterable[float] = ()) -> None:
        """Add to a piece that is still being composed.

        until: every note with onset < ``until``, and every chord, has now been given. The piece
        is finished once this is its duration.
        """
        notes, chords = tuple(notes), tuple(chords)
        with self._lock:
            self._update(piece=self._playhead.piece.extended(notes, chords, until), known=until)
            if self._playhead.finished:
                self._update(shortage=None)
            if self.state == "playing":
                self._feed.add(notes, chords)
            self._wake.notify()

    def reach(self) -> tuple[float, float]:
        """The position that is heard now, and the one up to which all is handed over."""
        with self._lock:
            position = self._position()
            return position, self._feed.filled if self.state == "playing" else position

    def cut(self, choose: Callable[[float, float], float | None]) -> float | None:
        """Drop the music of an unfinished piece from a position on, which is composed anew.

        choose: receives the present position, and the one up to which all is handed over. It
        returns where to cut, or None. Returns the same. Notes that sound keep their ends.
        """
        with self._lock:
            playhead, seconds = self._playhead, choose(*self.reach())
            if seconds is None:
                return None
            known = min(playhead.known, max(seconds, 0.0))
            self._update(piece=playhead.piece.up_to(seconds), known=known)
            if self.state == "playing":
                self._feed.cut(seconds)
            self.reserve.cut(self._playhead.known)
            return seconds

    def play(self, at: float | None = None, when: float | None = None, rate: float = 1.0) -> None:
        """Play from the position ``at``, which falls on the moment ``when``.

        at: the current position by default, or the start if that is the end. when: a moment of
        ``time.monotonic()`` (default: as soon as possible). rate: as for ``set_rate``.

        Raises EmsyncError when the output is gone.
        """
        with self._lock:
            if at is None:
                at = self._position()
                at = 0.0 if at >= self.duration else at
            if self.state == "playing":
                self._silence()
            self._update(fault=None, resting=max(at, 0.0))
            try:
                self._start(when, rate)
            except EmsyncError as error:
                self._fail(str(error))
                raise
            self._wake.notify()

    def pause(self, at: float | None = None) -> None:
        """Pause at the position ``at`` (default: the current one); ``play`` goes on from there."""
        with self._lock:
            if self.state in ("playing", "waiting"):
                self._halt("paused", self._position() if at is None else self._within(at))

    def locate(self, seconds: float) -> None:
        """Go to a position; playback goes on from there if it was playing."""
        with self._lock:
            seconds = self._within(seconds)
            if self.state in ("playing", "waiting"):
                self.play(seconds)
            else:
                self._update(resting=seconds)
                self._notify_state()

    def loop(self, begin: float | None, end: float | None = None) -> None:
        """Repeat from ``begin`` to ``end`` (default: the piece's end); begin None: no loop.

        Raises EmsyncError for a loop that is too short, or not within the piece.
        """
        with self._lock:
            loop = None if begin is None else self._playhead.piece.loop(begin, end)
            before = self._playhead.loop
            self._update(loop=loop)
            overtaken = before is not None or (loop is not None and loop[1] < self._feed.filled)
            if self.state == "playing" and overtaken:
                # What was handed over already belongs to the old plan.
                now = self._position()
                self.play(loop[0] if loop is not None and now >= loop[1] else now)

    def stop(self) -> None:
        """Stop, and go to the start."""
        with self._lock:
            self._halt("stopped", 0.0)

    def set_rate(self, rate: float) -> None:
        """Play ``rate`` seconds of the piece a second, after what is handed over already."""
        with self._lock:
            if self.state == "playing":
                last = self._playhead.timelines[-1]
                self._append(Timeline(last.when_at(self._feed.filled), self._feed.filled, rate))

    def introduce(self) -> None:
        """Send each instrument's General MIDI program and name; to be called before playing.

        Raises EmsyncError when the output is gone.
        """
        # As for notes: what is due at once would arrive late.
        when = time.monotonic() + self.output.lead - min(self.output.latency, 0.0)
        for instrument in Instrument:
            for message in introduction(instrument):
                self.output.send(when, instrument, message)

    def follow(self, transport: str | None) -> None:
        """Set the name of the transport that is followed (``"MTC"``), for the status."""
        with self._lock:
            self._update(follows=transport)
            self._notify_state()

    def position_at(self, when: float, rate: float = 1.0) -> float:
        """The position at the moment ``when``, estimated from the end of what is handed over.

        It assumes this rate. A change by ``set_rate`` takes effect from that end on.
        """
        with self._lock:
            if self.state != "playing":
                return self._playhead.resting
            end = self._playhead.timelines[-1].when_at(self._feed.filled)
            return self._feed.filled - rate * (end - when)

    @property
    def state(self) -> State:
        """The present state."""
        return self._playhead.state

    @property
    def duration(self) -> float:
        """The piece's length in seconds."""
        return self._playhead.piece.duration

    @property
    def film_rate(self) -> float | None:
        """The film's frames a second, where they are known."""
        return self._playhead.piece.film_rate

    def status(self) -> Status:
        """The present status. Never waits, even while the output hangs."""
        return self._playhead.status(self.output, time.monotonic())

    def reopen(self, open_output: Callable[[], Output]) -> None:
        """Stop, close the output, and play to the one that ``open_output`` then opens.

        Raises EmsyncError when it can't be opened; then nothing can be played.
        """
        with self._lock:
            self._halt("stopped", self._position(), fault=None)
            # JACK keeps one connection a process: closing the old one later would end the new one.
            self.output.close()
            self.output = open_output()

    def close(self) -> None:
        """Stop, and close the output; a second call does nothing."""
        with self._lock:
            if self._closed:
                return
            try:
                self._halt("stopped", 0.0)
            finally:
                self._closed = True
                self._wake.notify()
                self.output.close()
        self._thread.join(1.0)
        self._notifier.close()

    def _run(self) -> None:
        request_realtime()
        with self._lock:
            while not self._closed:
                try:
                    self._step()
                except EmsyncError as error:
                    self._fail(str(error))
                except Exception:
                    log.exception("emsync player")
                    self._fail("playing failed; the log says how")
                self._wake.wait(_TICK if self.state in ("playing", "waiting") else None)

    def _step(self) -> None:
        trouble = self.output.trouble()
        if trouble is not None and self.state in ("playing", "waiting"):
            if self.output.gone:
                raise EmsyncError(trouble)
            if self.state == "playing":
                # Where the output stalled, and a little before it rather than after it.
                here = self._position() - STALLED_AFTER - 2 * _TICK
                self._halt("waiting", max(here, self._feed.begin))
        elif self.state == "waiting":
            self._start(None)
        elif self.state == "playing":
            self._fill()
            when = time.monotonic() - _TAIL - self.output.latency
            self._update(timelines=self._playhead.timelines_from(when))
            passed = self._playhead.passed(when)
            if passed >= self.duration:
                self._halt("stopped", self.duration)
            elif passed >= self._playhead.known:
                self._run_dry()

    def _run_dry(self) -> None:
        known = self._playhead.known
        self._halt("waiting", known, shortage=self.reserve.run_out(known, time.monotonic()))

    def _start(self, when: float | None, rate: float = 1.0) -> None:
        """Play from the resting position, or wait.

        It waits while too little of the piece is composed, or while the output stalls.
        """
        playhead, output = self._playhead, self.output
        ahead = playhead.known - playhead.resting
        short = not playhead.finished and ahead < self.reserve.needed
        if short or (output.trouble() is not None and not output.gone):
            if playhead.state != "waiting":
                self._update(state="waiting")
                self._notify_state()
            return
        begin = playhead.resting
        self.reserve.start()
        self._feed.start(playhead.piece, begin)
        soonest = time.monotonic() + output.lead - min(output.latency, 0.0)
        timeline = Timeline(soonest if when is None else when, begin, rate)
        self._update(state="playing", timelines=(timeline,))
        self._notify_state()
        self._fill()

    def _fill(self) -> None:
        """Hand over what is due within the lookahead."""
        when = time.monotonic() + LOOKAHEAD
        while (turn := self._feed.fill(self._playhead, self.output, when)) is not None:
            self._append(turn)

    def _notify_state(self) -> None:
        status = self.status()
        self._notifier.notify(Moment("state", status.position, time.monotonic(), status=status))

    def _halt(self, state: State, position: float, **changes: Any) -> None:
        """Rest at a position, with nothing on its way and no active note."""
        self._silence()
        self._update(state=state, resting=position, **changes)
        self._notify_state()

    def _fail(self, fault: str) -> None:
        self._halt("stopped", self._position(), fault=fault)

    def _silence(self) -> None:
        self.output.drop()
        self._notifier.drop()
        self.output.silence()

    def _update(self, **changes: Any) -> None:
        self._playhead = replace(self._playhead, **changes)

    def _append(self, timeline: Timeline) -> None:
        self._update(timelines=(*self._playhead.timelines, timeline))

    def _within(self, seconds: float) -> float:
        return min(max(seconds, 0.0), self.duration)

    def _position(self) -> float:
        """The position that is heard now."""
        return self._playhead.position(time.monotonic() - self.output.latency)
