"""The delay from a request over HTTP to the first note over OSC.

It is printed, because machines differ. The bound is ten times the delay on a busy machine.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
from pythonosc.osc_message import OscMessage

USUAL = 11.0
"""The usual median, in milliseconds."""


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.soak)])
def test_the_first_note_follows_play_at_once(server, piece, count):
    server.client.ask("POST", "/play", {"job": piece})
    delays = []
    for _ in range(count):
        server.client.ask("POST", "/stop")
        server.clear_osc()
        requested = time.monotonic()
        server.client.ask("POST", "/play", {"seconds": 0})
        while OscMessage(server.osc.recv(65536)).address != "/emsync/note":
            pass
        delays.append(1000 * (time.monotonic() - requested))
    server.client.ask("POST", "/stop")
    print(
        f"\nfirst note of {count} plays, over HTTP to OSC, ms: median {np.median(delays):.1f}, "
        f"p99 {np.quantile(delays, 0.99):.1f}, worst {max(delays):.1f}"
    )
    assert np.median(delays) < 10 * USUAL
