"""The player: a piece out in time, from any moment.

A thread hands what is due in the next half second to the output and to whoever listens. Whatever
breaks the flow (stop, pause, locate, music that runs out, an error) drops what was handed over and
ends what sounds before anything else happens.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from bridge.midi.messages import introduction
from bridge.midi.output import STILL, Output
from bridge.midi.scheduler import Scheduler, hurry
from bridge.play.event_stream import Due, EventStream, Mark
from bridge.play.piece import Moment, Piece, State, Status
from bridge.play.timeline import Timeline
from engine.errors import EmsyncError
from engine.score import Instrument, Note

LOOKAHEAD = 0.5
"""Seconds handed over ahead: what the thread may oversleep on a busy machine."""
RESERVE = 5.0
"""Seconds of music to have ahead before a piece still being composed starts, or starts again."""
SHORTEST_LOOP = 0.1
_TICK = 0.1
_TAIL = 0.05

log = logging.getLogger(__name__)


class Player:
    """Plays one piece at a time. Every method may be called from any thread."""

    def __init__(
        self,
        output: Output,
        listener: Callable[[Moment], None] | None = None,
        reserve: float = RESERVE,
    ) -> None:
        """listener: hears notes, chords, boundaries and changes of state as they pass, in a thread
        of its own; what it raises is logged and disturbs nothing. reserve: seconds of music to
        have ahead before a piece still being composed starts, and after it ran out."""
        self.output, self.reserve = output, reserve
        self._moments = Scheduler(listener, "emsync listener") if listener else None
        self._lock = threading.RLock()
        self._wake = threading.Condition(self._lock)
        self._piece = Piece((), (), (), 0.0)
        self._known = 0.0
        """Composed up to here."""
        self._state: State = "stopped"
        self._position = 0.0
        """Where playing goes on, while it does not."""
        self._loop: tuple[float, float] | None = None
        self._stream = EventStream(self._piece, 0.0)
        self._timelines: deque[Timeline] = deque([Timeline(0.0, 0.0)])
        """The one of now, then those that take over in the time handed over already."""
        self._filled = 0.0
        """Handed over up to here."""
        self._follows: str | None = None
        self._fault: str | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="emsync player", daemon=True)
        self._thread.start()

    def load(self, piece: Piece, until: float | None = None) -> None:
        """Take a piece, in place of what was played. until: it is still being composed, and known
        so far (default: finished)."""
        with self._lock:
            self._halt("stopped", 0.0)
            self._piece = piece
            self._known = piece.duration if until is None else until
            self._loop = None

    def extend(self, notes: Iterable[Note], until: float, chords: Iterable[float] = ()) -> None:
        """More of a piece that is still being composed: every note with onset < ``until``, and
        every chord, has been given by now. Once ``until`` is its duration it is finished."""
        notes, chords = tuple(notes), tuple(chords)
        with self._lock:
            duration = max(self._piece.duration, until)
            self._piece = replace(
                self._piece,
                notes=self._piece.notes + notes,
                chords=self._piece.chords + chords,
                duration=duration,
            )
            self._known = until
            if self._state == "playing":
                self._stream.add(notes, chords)
            self._wake.notify()

    def play(self, at: float | None = None, when: float | None = None) -> None:
        """Play from ``at`` (default: from where it stands; from the start, if at the end), which
        falls on the moment ``when`` of ``time.monotonic()`` (default: as soon as it can).

        Raises EmsyncError when the output is gone.
        """
        with self._lock:
            if at is None:
                at = self._now_at()
                at = 0.0 if at >= self._piece.duration else at
            if self._state == "playing":
                self._silence()
            self._fault = None
            self._position = max(at, 0.0)
            try:
                self._start(when)
            except EmsyncError as error:
                self._fail(str(error))
                raise
            self._wake.notify()

    def pause(self, at: float | None = None) -> None:
        """Stand still, ``at`` a time (default: here); ``play`` goes on from there."""
        with self._lock:
            if self._state in ("playing", "waiting"):
                self._halt("paused", self._now_at() if at is None else self._within(at))

    def locate(self, seconds: float) -> None:
        """Go there, playing on if it plays."""
        with self._lock:
            seconds = self._within(seconds)
            if self._state in ("playing", "waiting"):
                self.play(seconds)
            else:
                self._position = seconds
                self._tell()

    def loop(self, begin: float | None, end: float | None = None) -> None:
        """Play from ``begin`` to ``end`` (default: the end) over and over; None: no longer.

        Raises EmsyncError for a loop that does not lie in the piece or is too short.
        """
        with self._lock:
            loop = None
            if begin is not None:
                end = self._piece.duration if end is None else end
                if not 0 <= begin <= end - SHORTEST_LOOP or end > self._piece.duration:
                    raise EmsyncError(
                        f"loop {begin:g}-{end:g}: give two times of the piece "
                        f"(0-{self._piece.duration:g}) that lie {SHORTEST_LOOP} s apart or more"
                    )
                loop = begin, end
            before, self._loop = self._loop, loop
            overtaken = before is not None or (loop is not None and loop[1] < self._filled)
            if self._state == "playing" and overtaken:
                # What was handed over already went by another plan.
                now = self._now_at()
                self.play(loop[0] if loop is not None and now >= loop[1] else now)

    def stop(self) -> None:
        """Stand still, at the start."""
        with self._lock:
            self._halt("stopped", 0.0)

    def steer(self, rate: float) -> None:
        """Let ``rate`` seconds of the piece pass a second, from what is not handed over on."""
        with self._lock:
            if self._state == "playing":
                last = self._timelines[-1]
                self._timelines.append(Timeline(last.when_at(self._filled), self._filled, rate))

    def introduce(self) -> None:
        """Send each instrument's General MIDI program and name; for before playing.

        Raises EmsyncError when the output is gone.
        """
        now = time.monotonic()
        for instrument in Instrument:
            for message in introduction(instrument):
                self.output.send(now, instrument, message)

    def follow(self, transport: str | None) -> None:
        """Say whose transport is followed (``"MTC"``), for the status."""
        with self._lock:
            self._follows = transport
            self._tell()

    def position_at(self, when: float) -> float:
        """Where playing is at the moment ``when``, judged by where what is handed over ends, at
        the usual rate; what ``steer`` can still change begins there."""
        with self._lock:
            if self._state != "playing":
                return self._position
            return self._filled - (self._timelines[-1].when_at(self._filled) - when)

    @property
    def state(self) -> State:
        """Whether it plays."""
        return self._state

    @property
    def duration(self) -> float:
        """The piece's length in seconds."""
        return self._piece.duration

    def status(self) -> Status:
        """How playing stands now."""
        with self._lock:
            position = self._now_at()
            return Status(
                state=self._state,
                position=position,
                duration=self._piece.duration,
                loop=self._loop,
                reserve=max(self._known - position, 0.0),
                late=self.output.lateness().late,
                follows=self._follows,
                fault=self._fault,
                trouble=self.output.trouble(),
                output=self.output.name,
            )

    def reopen(self, opened: Callable[[], Output]) -> None:
        """Stop, and play to another output from now on, opened once the one before is closed.

        Raises EmsyncError when there is none; nothing can be played then.
        """
        with self._lock:
            self._fault = None
            self._halt("stopped", self._now_at())
            # JACK keeps one connection a process: to close the old one would end the new.
            self.output.close()
            self.output = opened()

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
        if self._moments:
            self._moments.close()

    def _run(self) -> None:
        hurry()
        with self._lock:
            while not self._closed:
                try:
                    self._go_on()
                except EmsyncError as error:
                    self._fail(str(error))
                except Exception:
                    log.exception("emsync player")
                    self._fail("playing failed; the log says how")
                self._wake.wait(_TICK if self._state in ("playing", "waiting") else None)

    def _go_on(self) -> None:
        trouble = self.output.trouble()
        if trouble is not None and self._state in ("playing", "waiting"):
            if self.output.gone:
                raise EmsyncError(trouble)
            if self._state == "playing":
                # Where it stood still, and a little before rather than after.
                here = self._now_at() - STILL - 2 * _TICK
                self._halt("waiting", max(here, self._stream.begin))
        elif self._state == "waiting":
            self._start(None)
        elif self._state == "playing":
            self._fill()
            # The last messages may be on their way still: what has passed is seen a little later.
            passed = self._passed(time.monotonic() - _TAIL)
            if passed >= self._piece.duration:
                self._halt("stopped", self._piece.duration)
            elif passed >= self._known:
                self._halt("waiting", self._known)

    def _start(self, when: float | None) -> None:
        """Play from ``_position``, or wait until enough of it is composed and the way out moves."""
        finished = self._known >= self._piece.duration
        short = not finished and self._known - self._position < self.reserve
        if short or (self.output.trouble() is not None and not self.output.gone):
            if self._state != "waiting":
                self._state = "waiting"
                self._tell()
            return
        self._stream = EventStream(self._piece, self._position)
        self._filled = self._position
        soonest = time.monotonic() + self.output.lead - min(self.output.latency, 0.0)
        self._timelines = deque([Timeline(soonest if when is None else when, self._position)])
        self._state = "playing"
        self._tell()
        self._fill()

    def _fill(self) -> None:
        """Hand over what is due in the time ahead."""
        ahead = time.monotonic() + LOOKAHEAD
        while True:
            timeline = self._timelines[-1]
            target = timeline.position_at(ahead)
            loop = self._loop
            if loop is not None and self._filled < loop[1] <= min(target, self._known):
                begin, end = loop
                self._send(self._stream.until(end))
                self._send(self._stream.release(end))
                self._stream = EventStream(self._piece, begin)
                self._timelines.append(Timeline(timeline.when_at(end), begin, timeline.rate))
                self._filled = begin
                continue
            until = min(target, self._known)
            if until > self._filled:
                self._send(self._stream.until(until))
                self._filled = until
            if until >= self._piece.duration:
                self._send(self._stream.until(math.inf))
            return

    def _send(self, dues: Iterable[Due]) -> None:
        timeline, latency = self._timelines[-1], self.output.latency
        for due in dues:
            when = timeline.when_at(due.seconds)
            if isinstance(due, Mark):
                self._hear(Moment(due.kind, due.seconds, when + latency))
                continue
            self.output.send(when, due.instrument, due.message)
            if due.note is not None:
                self._hear(Moment("note", due.seconds, when + latency, note=due.note))

    def _hear(self, moment: Moment) -> None:
        if self._moments is not None:
            self._moments.send(moment.when, moment)

    def _tell(self) -> None:
        """Let the listener know of the state."""
        status = self.status()
        self._hear(Moment("state", status.position, time.monotonic(), status=status))

    def _halt(self, state: State, position: float) -> None:
        """Stand still, with nothing on its way and nothing sounding."""
        self._silence()
        self._position = position
        self._state = state
        self._tell()

    def _fail(self, fault: str) -> None:
        self._fault = fault
        self._halt("stopped", self._now_at())

    def _silence(self) -> None:
        self.output.drop()
        if self._moments is not None:
            self._moments.drop(keep=lambda moment: moment.kind == "state")
        self.output.silence()

    def _within(self, seconds: float) -> float:
        return min(max(seconds, 0.0), self._piece.duration)

    def _now_at(self) -> float:
        """The position that is heard now."""
        passed = self._passed(time.monotonic())
        return min(passed, self._known) if self._state == "playing" else passed

    def _passed(self, when: float) -> float:
        if self._state != "playing":
            return self._position
        when -= self.output.latency
        while len(self._timelines) > 1 and self._timelines[1].when <= when:
            self._timelines.popleft()
        timeline = self._timelines[0]
        if len(self._timelines) > 1:
            when = min(when, self._timelines[1].when)
        return timeline.position_at(max(when, timeline.when))
