"""OSC input: one datagram after another, at a limited rate to keep the server responsive."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from pythonosc.osc_packet import OscPacket

from bridge.osc.specs import BY_PATH, IN, named
from engine.errors import EmsyncError

LARGEST = 65536
"""Bytes of the largest datagram."""
MOST_A_SECOND = 2000
"""Messages to handle a second; the operating system drops what its buffer can't hold."""

log = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[object]]


class NotOsc(EmsyncError):
    """A datagram that is not OSC."""


def messages(datagram: bytes) -> Iterator[tuple[str, list[Any]]]:
    """The address and values of each message; raises NotOsc."""
    try:
        packet = OscPacket(datagram)
        found = [(timed.message.address, list(timed.message.params)) for timed in packet.messages]
    except Exception as error:  # the parser raises many kinds on what is not OSC
        raise NotOsc("not an OSC packet; docs/osc.md lists what is accepted") from error
    yield from found


async def receive(
    udp: socket.socket, handlers: Mapping[str, Handler], report: Callable[[str], None]
) -> None:
    """Receive and carry out messages until cancelled.

    handlers: by path, one for each of ``specs.IN``, called with arguments by name.
    report: called with one line for an error, at most once a second.
    """
    assert handlers.keys() == {address.path for address in IN}
    loop = asyncio.get_running_loop()
    udp.setblocking(False)
    begun, count, reported = loop.time(), 0, -1.0
    while True:
        try:
            datagram = await loop.sock_recv(udp, LARGEST)
            for path, values in messages(datagram):
                count += 1
                if path not in handlers:
                    raise EmsyncError(f"{path[:100]}: no such address; docs/osc.md lists them")
                await handlers[path](**named(BY_PATH[path], values))
        except EmsyncError as error:
            count += 1
            if loop.time() - reported >= 1.0:
                reported = loop.time()
                report(str(error))
        except OSError:  # an error of one peer must not end the reception of the others
            await asyncio.sleep(0.01)
        except Exception:  # nor must a fault of our own
            count += 1
            if loop.time() - reported >= 1.0:
                reported = loop.time()
                log.exception("OSC")
                report("a fault of emsync's own; the log has more")
        if count >= MOST_A_SECOND / 10:
            await asyncio.sleep(max(0.0, begun + 0.1 - loop.time()))
        if loop.time() - begun >= 0.1:
            begun, count = loop.time(), 0
