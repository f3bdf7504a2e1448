"""Clients of a JACK server. JACK-Client, and with it libjack, is loaded only here."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

from engine.errors import EmsyncError


def stall_message(seconds: float) -> str:
    """The report that the server has had no cycle for ``seconds`` seconds."""
    return (
        f"JACK: the server has stalled for {seconds:.0f} s; it waits for a client that does "
        "not answer: end that, or start the server anew without -S"
    )


def load() -> ModuleType:
    """The JACK-Client module, with libjack's own messages turned off.

    Raises EmsyncError when it or libjack is not installed.
    """
    try:
        import jack
    except (ImportError, OSError) as error:
        raise EmsyncError(
            "JACK: libjack is not installed; install JACK or PipeWire's JACK "
            "(Debian: apt-get install jackd2), or choose another backend"
        ) from error
    jack.set_error_function(lambda text: None)
    jack.set_info_function(lambda text: None)
    return jack


def open_client(name: str) -> Any:
    """A new client of the running server, which ``$JACK_DEFAULT_SERVER`` may name.

    Raises EmsyncError when no server runs; never starts one.
    """
    jack = load()
    try:
        return jack.Client(name, no_start_server=True)
    except jack.JackError as error:
        raise EmsyncError(
            "JACK: no server runs here; start one (jackd, qjackctl, PipeWire) "
            "or choose another backend"
        ) from error


def activate(client: Any) -> None:
    """Activate a client: the server calls its process callback from now on.

    Raises EmsyncError when the server refuses.
    """
    try:
        client.activate()
    except load().JackError as error:
        raise EmsyncError(
            "JACK: the server let us in but not join (is it overloaded?); try again"
        ) from error


def connect(ours: Any, other: Any) -> None:
    """Connect two ports; nothing happens if they are connected already.

    Raises EmsyncError when they can't be connected, for example because the other is gone.
    """
    try:
        ours.connect(other)
    except load().JackError as error:
        if getattr(error, "code", None) != errno.EEXIST:
            raise EmsyncError(f"JACK: {other.name} can't be connected to") from error
