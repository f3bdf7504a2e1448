"""The time from ``play`` to the first note at a receiver; printed, since machines differ."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bridge.doctor.round_trip import listener
from bridge.midi.backends import OutputConfig, open_output
from bridge.play.player import Player

ONLY_SOAK = pytest.mark.soak


@pytest.mark.parametrize("count", [5, pytest.param(100, marks=ONLY_SOAK)])
@pytest.mark.parametrize(
    ("backend", "period"),
    [
        ("jack", 1024),
        ("jack", 256),
        pytest.param("rtmidi", 1024, marks=pytest.mark.rtmidi),
        pytest.param("rtmidi", 256, marks=pytest.mark.rtmidi),
    ],
)
def test_the_first_note_after_play(jackd, scale, soon, backend, period, count):
    with jackd(period, 200):
        output = open_output(OutputConfig(backend))[0]
        player = Player(output)
        player.load(scale(20))
        arrivals, delays = [], []
        with listener(output, scale(1).notes[0].instrument) as attach:
            attach(lambda message, when: message[0] & 0xF0 == 0x90 and arrivals.append(when))
            for _ in range(count):
                arrivals.clear()
                asked = time.monotonic()
                player.play(0.0)
                assert soon(lambda: arrivals)
                delays.append(1000 * (arrivals[0] - asked))
                player.stop()
        player.close()
    print(
        f"\n{backend}, period {period}: first note of {count} plays after, ms: median "
        f"{np.median(delays):.1f}, worst {max(delays):.1f}"
    )
