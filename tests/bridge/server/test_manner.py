"""How the server plays, as its options ask."""

from __future__ import annotations

import pytest

from engine.score import Instrument


@pytest.mark.parametrize("live", [False, True])
def test_velocities_programs_and_expression(jack_server, receiver, start, film, live):
    words = ("--velocity", 70, "--boost", 0, "--programs", "--expression")
    server = start(None, "--backend", "jack", *words)
    try:
        job = server.ended(server.submit(film, live=live, reserve=0.5))
        assert job["state"] == "done"
        server.client.ask("POST", "/play", {"job": job["id"], "seconds": 0})
        assert receiver.wait(lambda: len(receiver.notes()) > 10)
        heads = [heard.message[0] & 0xF0 for heard in receiver.events]
        assert heads.count(0xC0) >= len(Instrument) and heads.count(0xB0) >= len(Instrument)
        struck = [h.message[2] for h in receiver.notes() if h.message[0] & 0xF0 == 0x90]
        assert set(struck) == {70}
    finally:
        server.end()
