"""MIDI straight into JACK: each event lies at its own frame.

A process callback runs once a period and writes what falls into it, so that timing owes nothing to
when a thread happened to wake. JACK-Client (and with it libjack) is loaded only here.
"""

from __future__ import annotations

import errno
import threading
import time
from collections import deque
from contextlib import suppress
from types import ModuleType
from typing import Any

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.frames import FrameClock
from bridge.midi.lateness import Lateness, Summary
from bridge.midi.messages import note_off, note_on
from bridge.midi.output import STILL
from bridge.midi.routes import by_instrument
from engine.errors import EmsyncError
from engine.score import Instrument

CLIENT = "emsync"
_MARGIN = 0.004
"""Beyond a period: what queueing the first messages takes."""
_REST = 30.0
"""After so many seconds without a message the music counts as over."""
_JOINING = 3
"""Cycles; in one alone it may be lost again."""
_PATIENCE = 5.0
"""Seconds to wait for the next cycle before the server counts as hung."""


def standing_still(seconds: float) -> str:
    """What there is to say of a server that has had no cycle for so long."""
    return (
        f"JACK: the server has stood still for {seconds:.0f} s; it waits for a client that does "
        "not answer: end that, or start the server anew without -S"
    )


def load() -> ModuleType:
    """The JACK-Client module, hushed.

    Raises EmsyncError when it or libjack is not installed.
    """
    try:
        import jack
    except (ImportError, OSError) as error:
        raise EmsyncError(
            "JACK: libjack is not installed; install JACK or PipeWire's JACK "
            "(Debian: apt-get install jackd2), or choose another --backend"
        ) from error
    jack.set_error_function(lambda text: None)
    jack.set_info_function(lambda text: None)
    return jack


def open_client(name: str) -> Any:
    """A client of the running server, named by ``$JACK_DEFAULT_SERVER`` where that is set.

    Raises EmsyncError when none runs; never starts one.
    """
    jack = load()
    try:
        return jack.Client(name, no_start_server=True)
    except jack.JackError as error:
        raise EmsyncError(
            "JACK: no server runs here; start one (jackd, qjackctl, PipeWire) "
            "or choose another --backend"
        ) from error


def join(client: Any) -> None:
    """Let a client take part in the server's round.

    Raises EmsyncError when the server does not have it.
    """
    try:
        client.activate()
    except load().JackError as error:
        raise EmsyncError(
            "JACK: the server let us in but not join (is it overloaded?); try again"
        ) from error


def connect(ours: Any, other: Any) -> None:
    """Join two ports, unless someone else was first.

    Raises EmsyncError when they can't be, as where the other has gone.
    """
    try:
        ours.connect(other)
    except load().JackError as error:
        if getattr(error, "code", None) != errno.EEXIST:
            raise EmsyncError(f"JACK: {other.name} can't be connected to") from error


class JackOutput:
    """Five ports, ``emsync:bass`` ..., or one, ``emsync:music``, with a channel an instrument."""

    def __init__(
        self,
        client: Any,
        sounding: ActiveNotes,
        ports: str = "five",
        pattern: str | None = None,
        latency: float = 0.0,
    ) -> None:
        """client: a new one, ours from now on. pattern: connect to the input ports whose names
        match. latency: seconds to send later.

        Raises EmsyncError when no port matches the pattern, or the server hangs.
        """
        self._jack = load()
        self._client = client
        self._rate = client.samplerate
        self._sounding, self.latency = sounding, latency
        names = [i.value for i in Instrument] if ports == "five" else ["music"]
        self._ports = [client.midi_outports.register(name) for name in names]
        self._port = {i: row if ports == "five" else 0 for row, i in enumerate(Instrument)}
        self.name = f"JACK, {'five ports' if ports == 'five' else 'one port'} ({client.name}:...)"
        self.clock = FrameClock(self._rate)
        """Frames are the server's: it tells the moments of other clients' too."""
        self._lateness = Lateness()
        self._lock = threading.Lock()
        self._queue: deque[tuple[float, Instrument, bytes]] = deque()
        self._written = [0] * len(self._ports)
        """Where in the present cycle each port's last event lies, in frames."""
        self._steady_until = 0.0
        self._silence_asked = False
        self._ended: list[tuple[Instrument, bytes]] = []
        """What the last cycle sent to end what sounded."""
        self._owed = set(Instrument) if sounding.owed else set()
        self._listeners = [0] * len(self._ports)
        """How many there were in the last cycle."""
        self._lost: dict[Instrument, set[int]] = {i: set() for i in Instrument}
        """Pitches that sounded when someone ceased to listen."""
        self._joined = [0] * len(self._ports)
        """For so many cycles more, who came is told what it may have lost."""
        self._cycle = threading.Condition()
        self._cycles = 0
        self._called = time.monotonic()
        """When the last cycle was."""
        self._gone: EmsyncError | None = None
        self._closed = False
        client.set_process_callback(self._process)
        client.set_shutdown_callback(self._shut_down)
        try:
            join(client)
            while not self.clock.settled:
                self._await_cycles(1)
            if pattern is not None:
                self._connect(pattern)
        except EmsyncError:
            self.close()
            raise

    @property
    def lead(self) -> float:
        """A period and a little: a cycle's events are asked for when it begins."""
        return float(self._client.blocksize / self._rate + _MARGIN)

    def send(self, when: float, instrument: Instrument, message: bytes) -> None:
        """Queue; raises EmsyncError when the server has stopped."""
        if self._gone is not None:
            raise self._gone
        with self._lock:
            self._queue.append((when + self.latency, instrument, message))
            self._steady_until = when + self.latency + _REST

    def drop(self) -> None:
        """Forget what is queued."""
        with self._lock:
            self._queue.clear()

    def silence(self) -> None:
        """End all that sounds, in the next cycle and once more in that after it; returns then, or
        at once while the server stands still."""
        if self._closed:
            return
        self._silence_asked = True
        self._steady_until = 0.0
        if self.trouble() is not None:
            return
        with suppress(EmsyncError):
            self._await_cycles(3)

    def lateness(self) -> Summary:
        """How late messages have left so far."""
        return self._lateness.summary()

    @property
    def gone(self) -> bool:
        """Whether the server has stopped."""
        return self._gone is not None

    def trouble(self) -> str | None:
        """What keeps it from sending now."""
        if self._gone is not None:
            return str(self._gone)
        still = time.monotonic() - self._called
        return standing_still(still) if still > STILL else None

    def port_name(self, instrument: Instrument) -> str:
        """The port of an instrument as others see it."""
        return str(self._ports[self._port[instrument]].name)

    def connected(self) -> bool:
        """Whether someone listens to every port."""
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
                self._sounding.before(instrument, note_on(instrument, pitch, 1))
        lost = any(self._lost.values())
        self._sounding.close(ended=not self._silence_asked and not self._owed and not lost)

    def _connect(self, pattern: str) -> None:
        found = {port.name: port for port in self._client.get_ports(is_midi=True, is_input=True)}
        routes = by_instrument(list(found), pattern)
        for instrument, name in routes.items():
            connect(self._ports[self._port[instrument]], found[name])

    def _await_cycles(self, number: int) -> None:
        with self._cycle:
            target = self._cycles + number
            if not self._cycle.wait_for(
                lambda: self._cycles >= target or self._gone is not None, _PATIENCE
            ):
                raise EmsyncError("JACK: the server answers no more; restart it")
        if self._gone is not None:
            raise self._gone

    def _shut_down(self, status: object, reason: str) -> None:
        self._gone = EmsyncError("JACK: the server has stopped; start it, then play again")
        with self._cycle:
            self._cycle.notify_all()

    def _process(self, frames: int) -> None:
        self._called = now = time.monotonic()
        start = self.clock.observe(self._client.last_frame_time, now, now < self._steady_until)
        for row, port in enumerate(self._ports):
            port.clear_buffer()
            self._written[row] = 0
        self._see_who_listens()
        self._end_again()
        if self._silence_asked or self._owed:
            self._end_what_sounds()
        with self._lock:
            self._write_due(start, frames)
        with self._cycle:
            self._cycles += 1
            self._cycle.notify_all()

    def _see_who_listens(self) -> None:
        """Who goes in the midst of a note never hears its end; who comes may have gone before."""
        for row, port in enumerate(self._ports):
            listeners = port.number_of_connections
            if listeners == self._listeners[row] and not self._joined[row]:
                continue
            for instrument in (i for i in Instrument if self._port[i] == row):
                if listeners < self._listeners[row]:
                    self._lost[instrument] |= self._sounding.pitches(instrument)
                elif self._lost[instrument]:
                    self._end_lost(instrument)
            if listeners > self._listeners[row]:
                self._joined[row] = _JOINING
            self._listeners[row] = listeners
            self._joined[row] = max(self._joined[row] - 1, 0)

    def _end_lost(self, instrument: Instrument) -> None:
        for pitch in self._lost[instrument] - self._sounding.pitches(instrument):
            with suppress(self._jack.JackError):
                self._write(0, instrument, note_off(instrument, pitch))
        if self._joined[self._port[instrument]] == 1:
            self._lost[instrument].clear()

    def _end_what_sounds(self) -> None:
        for instrument in Instrument:
            # Who listened to a process that died may come back at any time.
            if instrument in self._owed:
                if not self._ports[self._port[instrument]].number_of_connections:
                    continue
                self._owed.discard(instrument)
            elif not self._silence_asked:
                continue
            for message in list(self._sounding.endings(instrument)):
                with suppress(self._jack.JackError):
                    self._write(0, instrument, message)
                    self._ended.append((instrument, message))
        self._silence_asked = False

    def _end_again(self) -> None:
        """A server that doesn't wait for its clients loses a cycle's events now and then."""
        for instrument, message in self._ended:
            with suppress(self._jack.JackError):
                self._write(0, instrument, message)
        self._ended.clear()

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
                # The cycle's buffer is full: go on in the next.
                return
            self._queue.popleft()
            self._lateness.add(start - when)

    def _write(self, offset: int, instrument: Instrument, message: bytes) -> None:
        row = self._port[instrument]
        self._sounding.before(instrument, message)
        self._ports[row].write_midi_event(offset, message)
        self._sounding.after(instrument, message)
        self._written[row] = offset
