"""A thread that sleeps until each moment and sends what is due then.

It serves every backend that takes a message only at its moment. JACK takes a message together with
its frame and needs no such thread.
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
"""Among real-time threads: below JACK's own (60 and more), above all ordinary ones."""

log = logging.getLogger(__name__)


class Scheduler(Generic[T]):
    """Calls ``emit`` for each item at its moment, in its own thread.

    An exception in ``emit`` is logged. It ends neither the thread nor the queue.
    """

    def __init__(self, emit: Callable[[T], None], name: str, strict: bool = False) -> None:
        """name: of the thread.

        strict: the thread asks for real-time priority, and no ``emit`` is running once ``drop``
        returns. Then ``emit`` must not wait for a thread that calls this scheduler.
        """
        self._emit = emit
        self._queue: list[tuple[float, int, T]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._closed = False
        self._lateness = Lateness()
        self._thread = threading.Thread(target=self._run, args=(strict,), name=name, daemon=True)
        self._thread.start()

    def send(self, when: float, item: T) -> None:
        """Queue an item for a moment of ``time.monotonic()``.

        Items of one moment go in the order they were queued.
        """
        with self._changed:
            heapq.heappush(self._queue, (when, next(self._order), item))
            if self._queue[0][2] is item:
                self._changed.notify()

    def drop(self, keep: Callable[[T], bool] = lambda item: False) -> None:
        """Discard all queued items, except those for which ``keep`` is true."""
        with self._changed:
            self._queue = [due for due in self._queue if keep(due[2])]
            heapq.heapify(self._queue)

    def locked(self) -> threading.Condition:
        """A context manager within which a strict scheduler emits nothing."""
        return self._changed

    def lateness(self) -> Summary:
        """How late items were so far; takes no lock."""
        return self._lateness.summary()

    def close(self) -> None:
        """Discard all queued items and end the thread."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    def _run(self, strict: bool) -> None:
        if strict:
            request_realtime()
        while True:
            with self._changed:
                if self._closed:
                    return
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                when, _, item = heapq.heappop(self._queue)
                self._lateness.add(time.monotonic() - when)
                if strict:
                    self._try(item)
                    continue
            self._try(item)

    def _try(self, item: T) -> None:
        try:
            self._emit(item)
        except Exception:
            log.exception("%s", self._thread.name)


def request_realtime() -> None:
    """Ask for real-time priority of this thread; without permission it keeps the ordinary one."""
    if sys.platform == "win32":
        # Without this a wait ends at the next of 64 ticks a second.
        ctypes.windll.winmm.timeBeginPeriod(1)
    elif hasattr(os, "sched_setscheduler"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_PRIORITY))


class Sink(Protocol):
    """Sends messages at once. ``emit`` raises EmsyncError when the sink is gone."""

    @property
    def name(self) -> str:
        """A label for people."""

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Send now."""

    def close(self) -> None:
        """Close the ports."""


class ScheduledOutput:
    """An :class:`~bridge.midi.output.Output` made of a sink and a scheduler."""

    lead = 0.01
    """Seconds to wake the threads and queue the first messages on a busy machine."""

    def __init__(self, sink: Sink, active_notes: ActiveNotes, latency: float = 0.0) -> None:
        """latency: seconds to send later than asked; below 0: earlier."""
        self.name = sink.name
        self.sink, self._active_notes, self.latency = sink, active_notes, latency
        self._error: EmsyncError | None = None
        """Why the sink is gone."""
        self._closed = False
        self._scheduler = Scheduler(self._emit, f"emsync {self.name}", strict=True)
        if active_notes.inherited:
            self.silence()

    def send(self, when: float, instrument: Instrument, message: bytes) -> None:
        """Queue a message; raises EmsyncError when the sink is gone."""
        if self._error is not None:
            raise self._error
        if self._active_notes.inherited:
            # A receiver may have connected only after the silence at the start.
            self.silence()
            self._active_notes.inherited = False
        self._scheduler.send(when + self.latency, (instrument, message))

    def drop(self) -> None:
        """Discard all queued messages."""
        self._scheduler.drop()

    def silence(self) -> None:
        """End all active notes now."""
        with self._scheduler.locked():
            if self._closed:
                return
            for instrument in Instrument:
                for message in list(self._active_notes.release_messages(instrument)):
                    self._emit((instrument, message))

    @property
    def gone(self) -> bool:
        """Whether the sink is gone."""
        return self._error is not None

    def trouble(self) -> str | None:
        """What keeps it from sending now; takes no lock."""
        return None if self._error is None else str(self._error)

    def lateness(self) -> Summary:
        """How late messages were sent so far; takes no lock."""
        return self._scheduler.lateness()

    def close(self) -> None:
        """Drop, silence, then close the ports."""
        self.drop()
        self.silence()
        with self._scheduler.locked():
            if self._closed:
                return
            self._closed = True
        self._scheduler.close()
        self.sink.close()
        self._active_notes.close(all_ended=self._error is None)

    def _emit(self, due: tuple[Instrument, bytes]) -> None:
        instrument, message = due
        self._active_notes.before_send(instrument, message)
        try:
            self.sink.emit(instrument, message)
        except EmsyncError as error:
            self._error = error
        else:
            self._active_notes.after_send(instrument, message)
