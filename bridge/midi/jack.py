"""MIDI output to JACK: each event lies at its own frame.

A process callback runs once a period and writes the events of that period. So timing does not
depend on when a thread wakes.
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.frames import FrameClock
from bridge.midi.jack_client import activate, connect, load, stall_message
from bridge.midi.lateness import Lateness, Summary
from bridge.midi.messages import note_off, note_on
from bridge.midi.output import STALLED_AFTER
from bridge.midi.routes import by_instrument
from engine.errors import EmsyncError
from engine.score import Instrument

_MARGIN = 0.004
"""Seconds beyond a period that queueing the first messages takes."""
_REST = 30.0
"""Seconds without a message after which the music counts as over."""
_REPEATS = 3
"""Cycles in which a new listener gets the lost note-offs; one cycle's events may be lost again."""
_PATIENCE = 5.0
"""Seconds to wait for the next cycle before the server counts as hung."""


class JackOutput:
    """An :class:`~bridge.midi.output.Output` with five ports, ``emsync:bass`` and so on.

    It may have one port instead, ``emsync:music``, with a channel for each instrument.
    """

    def __init__(
        self,
        client: Any,
        active_notes: ActiveNotes,
        ports: str = "five",
        pattern: str | None = None,
        latency: float = 0.0,
    ) -> None:
        """client: a new one, which this output owns from now on. pattern: connect to the input
        ports whose names match. latency: seconds to send later.

        Raises EmsyncError when no port matches the pattern, or the server hangs.
        """
        self._jack = load()
        self._client = client
        self._rate = client.samplerate
        self._active_notes, self.latency = active_notes, latency
        names = [i.value for i in Instrument] if ports == "five" else ["music"]
        self._ports = [client.midi_outports.register(name) for name in names]
        self._port = {i: row if ports == "five" else 0 for row, i in enumerate(Instrument)}
        self.name = f"JACK, {'five ports' if ports == 'five' else 'one port'} ({client.name}:...)"
        self.clock = FrameClock(self._rate)
        """Frames are the server's, so this clock is valid for other clients too."""
        self._lateness = Lateness()
        self._lock = threading.Lock()
        self._queue: deque[tuple[float, Instrument, bytes]] = deque()
        self._written = [0] * len(self._ports)
        """The frame of each port's last event in the present cycle."""
        self._steady_until = 0.0
        """Until this moment music plays, so the clock goes by frames alone."""
        self._silence_requested = False
        self._to_repeat: list[tuple[Instrument, bytes]] = []
        """The note-offs and channel modes of the last cycle, to be sent once more."""
        self._inherited = set(Instrument) if active_notes.inherited else set()
        """Instruments whose notes a dead process left on, until someone listens."""
        self._listeners = [0] * len(self._ports)
        """How many connections each port had in the last cycle."""
        self._lost: dict[Instrument, set[int]] = {i: set() for i in Instrument}
        """Pitches that were active when a listener disconnected."""
        self._repeats_left = [0] * len(self._ports)
        """For how many more cycles a new listener gets the note-offs of lost pitches."""
        self._cycle = threading.Condition()
        self._cycles = 0
        self._last_cycle = time.monotonic()
        self._error: EmsyncError | None = None
        """Why the server is gone."""
        self._closed = False
        client.set_process_callback(self._process)
        client.set_shutdown_callback(self._shut_down)
        try:
            activate(client)
            while not self.clock.settled:
                self._await_cycles(1)
            if pattern is not None:
                self._connect(pattern)
        except EmsyncError:
            self.close()
            raise

    @property
    def lead(self) -> float:
        """A period and a little: a cycle's events are read when the cycle begins."""
        return float(self._client.blocksize / self._rate + _MARGIN)

    def send(self, when: float, instrument: Instrument, message: bytes) -> None:
        """Queue a message; raises EmsyncError when the server has stopped."""
        if self._error is not None:
            raise self._error
        with self._lock:
            self._queue.append((when + self.latency, instrument, message))
            self._steady_until = when + self.latency + _REST

    def drop(self) -> None:
        """Discard all queued messages."""
        with self._lock:
            self._queue.clear()

    def silence(self) -> None:
        """End all active notes in the next cycle, and again in the one after it.

        Returns then, or at once while the server stalls.
        """
        if self._closed:
            return
        self._silence_requested = True
        self._steady_until = 0.0
        if self.trouble() is not None:
            return
        with suppress(EmsyncError):
            self._await_cycles(3)

    def lateness(self) -> Summary:
        """How late messages were sent so far; takes no lock."""
        return self._lateness.summary()

    @property
    def gone(self) -> bool:
        """Whether the server has stopped."""
        return self._error is not None

    def trouble(self) -> str | None:
        """What keeps it from sending now; takes no lock."""
        if self._error is not None:
            return str(self._error)
        still = time.monotonic() - self._last_cycle
        return stall_message(still) if still > STALLED_AFTER else None

    def port_name(self, instrument: Instrument) -> str:
        """The full name of an instrument's port, as other clients see it."""
        return str(self._ports[self._port[instrument]].name)

    def connect(self, port: str, to: str) -> None:
        """Connect our port of this short name to another client's; raises EmsyncError."""
        ours = next((ours for ours in self._ports if ours.shortname == port), None)
        found = self._client.get_ports(f"^{re.escape(to)}$", is_midi=True, is_input=True)
        if ours is None or not found:
            raise EmsyncError(f"JACK: {to} can't be connected to")
        connect(ours, found[0])

    def connected(self) -> bool:
        """Whether every port has a listener."""
        return all(port.number_of_connections for port in self._ports)

    def close(self) -> None:
        """Drop, silence, and leave the server."""
        self.drop()
        self.silence()
        with self._lock:
            if self._closed:
                return
            self._closed = True
        with suppress(self._jack.JackError):
            self._client.deactivate()
        self._client.close()
        for instrument, pitches in self._lost.items():
            for pitch in pitches:
                self._active_notes.before_send(instrument, note_on(instrument, pitch, 1))
        lost = any(self._lost.values())
        self._active_notes.close(
            all_ended=not self._silence_requested and not self._inherited and not lost
        )

    def _connect(self, pattern: str) -> None:
        found = {port.name: port for port in self._client.get_ports(is_midi=True, is_input=True)}
        routes = by_instrument(list(found), pattern)
        for instrument, name in routes.items():
            connect(self._ports[self._port[instrument]], found[name])

    def _await_cycles(self, number: int) -> None:
        with self._cycle:
            target = self._cycles + number
            if not self._cycle.wait_for(
                lambda: self._cycles >= target or self._error is not None, _PATIENCE
            ):
                raise EmsyncError("JACK: the server answers no more; restart it")
        if self._error is not None:
            raise self._error

    def _shut_down(self, status: object, reason: str) -> None:
        self._error = EmsyncError("JACK: the server has stopped; start it, then play again")
        with self._cycle:
            self._cycle.notify_all()

    def _process(self, frames: int) -> None:
        self._last_cycle = now = time.monotonic()
        start = self.clock.observe(self._client.last_frame_time, now, now < self._steady_until)
        for row, port in enumerate(self._ports):
            port.clear_buffer()
            self._written[row] = 0
        self._track_listeners()
        self._repeat_releases()
        if self._silence_requested or self._inherited:
            self._release_active_notes()
        with self._lock:
            self._write_due(start, frames)
        with self._cycle:
            self._cycles += 1
            self._cycle.notify_all()

    def _track_listeners(self) -> None:
        """Send a new listener the note-offs that were lost.

        A listener that leaves during a note does not receive its note-off. The next one to come
        may be the same.
        """
        for row, port in enumerate(self._ports):
            listeners = port.number_of_connections
            if listeners == self._listeners[row] and not self._repeats_left[row]:
                continue
            for instrument in (i for i in Instrument if self._port[i] == row):
                if listeners < self._listeners[row]:
                    self._lost[instrument] |= self._active_notes.pitches(instrument)
                elif self._lost[instrument]:
                    self._release_lost(instrument)
            if listeners > self._listeners[row]:
                self._repeats_left[row] = _REPEATS
            self._listeners[row] = listeners
            self._repeats_left[row] = max(self._repeats_left[row] - 1, 0)

    def _release_lost(self, instrument: Instrument) -> None:
        for pitch in self._lost[instrument] - self._active_notes.pitches(instrument):
            with suppress(self._jack.JackError):
                self._write(0, instrument, note_off(instrument, pitch))
        if self._repeats_left[self._port[instrument]] == 1:
            self._lost[instrument].clear()

    def _release_active_notes(self) -> None:
        for instrument in Instrument:
            # The listener of a process that died may come back at any time.
            if instrument in self._inherited:
                if not self._ports[self._port[instrument]].number_of_connections:
                    continue
                self._inherited.discard(instrument)
            elif not self._silence_requested:
                continue
            for message in list(self._active_notes.release_messages(instrument)):
                with suppress(self._jack.JackError):
                    self._write(0, instrument, message)
                    self._to_repeat.append((instrument, message))
        self._silence_requested = False

    def _repeat_releases(self) -> None:
        """Send the last cycle's releases again: an asynchronous server sometimes loses a cycle."""
        for instrument, message in self._to_repeat:
            with suppress(self._jack.JackError):
                self._write(0, instrument, message)
        self._to_repeat.clear()

    def _write_due(self, start: float, frames: int) -> None:
        while self._queue:
            when, instrument, message = self._queue[0]
            offset = round((when - start) * self._rate)
            if offset >= frames:
                return
            row = self._port[instrument]
            try:
                self._write(max(offset, self._written[row]), instrument, message)
            except self._jack.JackError:
                # The cycle's buffer is full: go on in the next cycle.
                return
            self._queue.popleft()
            self._lateness.add(start - when)

    def _write(self, offset: int, instrument: Instrument, message: bytes) -> None:
        row = self._port[instrument]
        self._active_notes.before_send(instrument, message)
        self._ports[row].write_midi_event(offset, message)
        self._active_notes.after_send(instrument, message)
        self._written[row] = offset
