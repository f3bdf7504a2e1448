"""Connections that send half a request starve nobody."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import ExitStack

import pytest
import uvicorn

from bridge.server import connections

from .test_shutdown import needs_proc


@needs_proc
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs prlimit")
def test_many_half_open_requests_starve_nobody_and_write_no_log(start):
    import resource

    server = start()
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (256, hard))
    with ExitStack() as stack:
        for _ in range(5):
            for _ in range(80):
                peer = socket.create_connection(("127.0.0.1", server.running.port), timeout=20)
                stack.enter_context(peer).sendall(b"GET /sta")
            assert server.client.ask("GET", "/state")["state"] == "stopped"
    assert len(server.errors()) < 20_000
    server.end()


async def answer(scope, receive, send):
    """An application that answers every request."""
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body"})


def conversation(*parts):
    """What a client receives that sends these parts, .05 s apart, until it is dropped."""

    async def talk():
        config = uvicorn.Config(
            answer, port=0, log_config=None, lifespan="off", http=connections.http_protocol()
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.05)
        received = b""
        try:
            async with asyncio.timeout(20):
                while data := await reader.read(1000):
                    received += data
        except ConnectionError:
            pass
        writer.close()
        server.should_exit = True
        await serving
        return received

    return asyncio.run(talk())


WHOLE = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("parts", "answers"),
    [((), 0), ((b"GET / HT",), 0), ((WHOLE[:9], WHOLE[9:]), 1), ((WHOLE, WHOLE, b"GET "), 2)],
    ids=["nothing", "half a line", "a request in halves", "two requests and a half"],
)
def test_a_connection_without_a_request_is_dropped(monkeypatch, parts, answers):
    monkeypatch.setattr(connections, "HEADER_TIMEOUT", 0.5)
    assert conversation(*parts).count(b"200 OK") == answers
