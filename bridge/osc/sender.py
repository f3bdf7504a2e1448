"""OSC output: sends what happens to every target over UDP."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.osc.specs import BY_PATH, Type
from engine.errors import EmsyncError

Target = tuple[str, int]

_MISSING = {Type.INT: 0, Type.FLOAT: math.nan, Type.TEXT: ""}


def parse_target(text: str) -> Target:
    """Parse ``host:port``; raises EmsyncError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise EmsyncError(f"{text}: give an OSC target as HOST:PORT, e.g. 127.0.0.1:8732")
    return host.strip("[]"), int(port)


class OscSender:
    """Sends to ``targets``, from any thread: a datagram is sent whole or not at all.

    Raises EmsyncError for a target whose host is unknown.
    """

    def __init__(self, targets: Iterable[Target]) -> None:
        self._peers: list[tuple[socket.socket, Any]] = []
        for host, port in targets:
            try:
                family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            except OSError as error:
                self.close()
                raise EmsyncError(
                    f"{host}:{port}: no such host for OSC ({error.strerror}); check --osc-to"
                ) from error
            peer = socket.socket(family, socket.SOCK_DGRAM)
            peer.setblocking(False)
            self._peers.append((peer, address))

    def send(self, kind: str, /, **fields: Any) -> None:
        """Send ``/emsync/<kind>`` with its arguments from ``fields``.

        None is sent as 0, NaN or "", by the argument's type.
        """
        if not self._peers:
            return
        address = BY_PATH[f"/emsync/{kind}"]
        builder = OscMessageBuilder(address.path)
        for argument in address.arguments:
            value = fields[argument.name]
            if value is None:
                value = _MISSING[argument.type]
            builder.add_arg(value, argument.type.value)
        datagram = builder.build().dgram
        for peer, target in self._peers:
            # Nobody listens, or the buffer is full: UDP does not guarantee delivery.
            with suppress(OSError):
                peer.sendto(datagram, target)

    def close(self) -> None:
        """Close the sockets."""
        for peer, _ in self._peers:
            peer.close()
        self._peers = []
