"""The sockets that the server listens on."""

from __future__ import annotations

import json
import socket
import sys
from http.client import HTTPConnection, HTTPException

from engine.errors import EmsyncError


def listen_tcp(host: str, port: int) -> socket.socket:
    """A listening TCP socket.

    Raises EmsyncError if the port can't be used, and names the server that holds it if one does.
    """
    try:
        listening = _bound(host, port, socket.SOCK_STREAM)
        # From now on clients wait instead of being refused, and a second server is refused.
        listening.listen()
        return listening
    except OSError as error:
        if pid := _server_at(host, port):
            raise EmsyncError(
                f"port {port} on {host}: held by another emsync serve (pid {pid}); "
                "use that one, stop it, or give another --port"
            ) from error
        raise EmsyncError(
            f"port {port} on {host}: can't be used ({error.strerror}); give another --port"
        ) from error


def listen_udp(host: str, port: int) -> socket.socket:
    """A bound UDP socket; raises EmsyncError if the port can't be used."""
    try:
        return _bound(host, port, socket.SOCK_DGRAM)
    except OSError as error:
        raise EmsyncError(
            f"UDP port {port} on {host}: can't be used ({error.strerror}); "
            "give another --osc-port, or --no-osc"
        ) from error


def _bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)
    family, _, protocol, _, address = found[0]
    # asyncio sets TCP_NODELAY only on sockets with an explicit protocol. Without it each answer
    # would come 40 ms late.
    bound = socket.socket(family, kind, protocol)
    try:
        if kind is socket.SOCK_STREAM and sys.platform != "win32":
            # The port is free again at once when a server ends. On Windows this would share it.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _server_at(host: str, port: int) -> int | None:
    """The process id of the emsync server at this address; None if none answers."""
    try:
        connection = HTTPConnection(host, port, timeout=2.0)
        connection.request("GET", "/health")
        health = json.loads(connection.getresponse().read(4096))
        return int(health["pid"]) if health["server"] == "emsync" else None
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None


def url(host: str, port: int) -> str:
    """The address of a server; an address of IPv6 stands in brackets (RFC 3986)."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
