"""Whatever arrives, a state machine returns a finite position or None."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.play.follow.beat_clock import BeatClock
from bridge.play.follow.reaper import Reaper
from bridge.play.follow.time_code import TimeCode

LIKELY = st.one_of(
    st.sampled_from([b"\xf8", b"\xfa", b"\xfb", b"\xfc", b""]),
    st.integers(0, 255).map(lambda data: bytes([0xF1, data])),
    st.binary(min_size=2, max_size=2).map(lambda data: b"\xf2" + data),
    st.binary(min_size=5, max_size=5).map(lambda data: b"\xf0\x7f\x7f\x01\x01" + data),
    st.binary(max_size=12),
)
PACKETS = st.tuples(
    st.sampled_from(["/time", "/play", "/stop", "/pause", "/", "/time/str"]), st.floats()
)


def check(machine, arrivals) -> int:
    """Feeds a machine; returns how many of its answers name a position."""
    found = 0
    for number, arrived in enumerate(arrivals):
        for transport in (machine.feed(arrived, number / 10), machine.idle(number / 10 + 0.05)):
            assert transport is None or math.isfinite(transport.position)
            found += transport is not None
    return found


@pytest.mark.parametrize(
    ("arrivals", "examples"), [(400, 25), pytest.param(400, 250, marks=pytest.mark.soak)]
)
@pytest.mark.parametrize(
    ("machine", "kind"),
    [(TimeCode, LIKELY), (lambda: BeatClock(float), LIKELY), (Reaper, PACKETS)],
    ids=["time code", "clock", "reaper"],
)
def test_noise_yields_a_finite_position_or_none(machine, kind, arrivals, examples):
    found = []

    @settings(max_examples=examples)
    @given(st.data())
    def run(data):
        seeds = data.draw(st.lists(kind, min_size=10, max_size=30))
        picks = data.draw(st.randoms(use_true_random=False)).choices(seeds, k=arrivals)
        found.append(check(machine(), picks))

    run()
    assert any(found)
