"""OSC in: one datagram after the other, no faster than the rest of the server can bear."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from pythonosc.osc_packet import OscPacket

from bridge.osc.specs import BY_PATH, IN, named
from engine.errors import EmsyncError

LARGEST = 65536
MOST_A_SECOND = 2000
"""Messages; the operating system drops what waits beyond its own buffer."""

Handler = Callable[..., Awaitable[object]]


class NotOsc(EmsyncError):
    """A datagram that is not OSC."""


def messages(datagram: bytes) -> Iterator[tuple[str, list[Any]]]:
    """Each message's address and values; raises NotOsc."""
    try:
        packet = OscPacket(datagram)
        found = [(timed.message.address, list(timed.message.params)) for timed in packet.messages]
    except Exception as error:  # the parser raises many kinds on what is not OSC
        raise NotOsc("not an OSC packet; docs/osc.md says what is understood") from error
    yield from found


async def receive(
    udp: socket.socket, handlers: Mapping[str, Handler], complain: Callable[[str], None]
) -> None:
    """Carry out what comes in, until cancelled.

    handlers: by path, one for each of ``specs.IN``, called with arguments by name.
    complain: called with one line on what can't be done; for noise, once a second at most.
    """
    assert handlers.keys() == {address.path for address in IN}
    loop = asyncio.get_running_loop()
    udp.setblocking(False)
    second, count, complained = loop.time(), 0, -1.0
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
            if loop.time() - complained >= 1.0:
                complained = loop.time()
                complain(str(error))
        except OSError:  # one peer's trouble is no reason to stop hearing the others
            await asyncio.sleep(0.01)
        if count >= MOST_A_SECOND / 10:
            await asyncio.sleep(max(0.0, second + 0.1 - loop.time()))
        if loop.time() - second >= 0.1:
            second, count = loop.time(), 0
