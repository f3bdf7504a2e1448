"""A thread that sleeps to each moment and sends what is due then.

It serves every backend that takes a message only at its moment; JACK, which takes a message with
its frame, needs none.
"""

from __future__ import annotations

import ctypes
import heapq
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Generic, Protocol, TypeVar

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.lateness import Lateness, Summary
from engine.errors import EmsyncError
from engine.score import Instrument

T = TypeVar("T")

_PRIORITY = 20
"""Among real-time threads: below JACK's own (60 and more), above everything ordinary."""

log = logging.getLogger(__name__)


class Scheduler(Generic[T]):
    """Calls ``emit`` for each thing at its moment, in a thread of its own.

    What ``emit`` raises ends neither the thread nor what is queued; it is logged.
    """

    def __init__(self, emit: Callable[[T], None], name: str, strict: bool = False) -> None:
        """strict: moments matter to the millisecond, and nothing is on its way any more once
        ``drop`` returns; ``emit`` must then wait for nobody who calls this."""
        self._emit = emit
        self._queue: list[tuple[float, int, T]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._closed = False
        self._lateness = Lateness()
        self._thread = threading.Thread(target=self._run, args=(strict,), name=name, daemon=True)
        self._thread.start()

    def send(self, when: float, thing: T) -> None:
        """Queue for a moment of ``time.monotonic()``; of one moment, what came first goes first."""
        with self._changed:
            heapq.heappush(self._queue, (when, next(self._order), thing))
            if self._queue[0][2] is thing:
                self._changed.notify()

    def drop(self, keep: Callable[[T], bool] = lambda thing: False) -> None:
        """Forget what is queued, but for what is to be kept."""
        with self._changed:
            self._queue = [due for due in self._queue if keep(due[2])]
            heapq.heapify(self._queue)

    def lateness(self) -> Summary:
        """How late things were so far."""
        return self._lateness.summary()

    def close(self) -> None:
        """Forget what is queued and end the thread."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    def _run(self, strict: bool) -> None:
        if strict:
            hurry()
        while True:
            with self._changed:
                if self._closed:
                    return
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                when, _, thing = heapq.heappop(self._queue)
                self._lateness.add(time.monotonic() - when)
                if strict:
                    self._try(thing)
                    continue
            self._try(thing)

    def _try(self, thing: T) -> None:
        try:
            self._emit(thing)
        except Exception:
            log.exception("%s", self._thread.name)

    def locked(self) -> threading.Condition:
        """Within this nothing is sent, if strict: a context manager."""
        return self._changed


def hurry() -> None:
    """Ask for real-time scheduling of this thread; without leave it runs as others do."""
    if sys.platform == "win32":
        # Without this a wait ends at the next of 64 ticks a second.
        ctypes.windll.winmm.timeBeginPeriod(1)
    elif hasattr(os, "sched_setscheduler"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_PRIORITY))


class Sink(Protocol):
    """Where messages go at once. ``emit`` raises EmsyncError when the way is gone."""

    @property
    def name(self) -> str:
        """For people."""

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Send now."""

    def close(self) -> None:
        """Give the ports back."""


class ScheduledOutput:
    """An :class:`~bridge.midi.output.Output` made of a sink and a sender's thread."""

    lead = 0.01
    """What waking threads and queueing the first messages take on a busy machine."""

    def __init__(self, sink: Sink, sounding: ActiveNotes, latency: float = 0.0) -> None:
        """latency: seconds to send later than asked (earlier, if below 0)."""
        self.name = sink.name
        self.sink, self._sounding, self.latency = sink, sounding, latency
        self._gone: EmsyncError | None = None
        self._closed = False
        self._sender = Scheduler(self._emit, f"emsync {self.name}", strict=True)
        if sounding.owed:
            self.silence()

    def send(self, when: float, instrument: Instrument, message: bytes) -> None:
        """Queue; raises EmsyncError when the port is gone."""
        if self._gone is not None:
            raise self._gone
        if self._sounding.owed:
            # Who listens may have come only after the silence at the start.
            self.silence()
            self._sounding.owed = False
        self._sender.send(when + self.latency, (instrument, message))

    def drop(self) -> None:
        """Forget what is queued."""
        self._sender.drop()

    def silence(self) -> None:
        """End all that sounds, now."""
        with self._sender.locked():
            if self._closed:
                return
            for instrument in Instrument:
                for message in list(self._sounding.endings(instrument)):
                    self._emit((instrument, message))

    @property
    def gone(self) -> bool:
        """Whether the sink takes no more."""
        return self._gone is not None

    def trouble(self) -> str | None:
        """What keeps it from sending now."""
        return None if self._gone is None else str(self._gone)

    def lateness(self) -> Summary:
        """How late messages have left so far."""
        return self._sender.lateness()

    def close(self) -> None:
        """Drop, silence, give the port back."""
        self.drop()
        self.silence()
        with self._sender.locked():
            if self._closed:
                return
            self._closed = True
        self._sender.close()
        self.sink.close()
        self._sounding.close(ended=self._gone is None)

    def _emit(self, due: tuple[Instrument, bytes]) -> None:
        instrument, message = due
        self._sounding.before(instrument, message)
        try:
            self.sink.emit(instrument, message)
        except EmsyncError as error:
            self._gone = error
        else:
            self._sounding.after(instrument, message)
