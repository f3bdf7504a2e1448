from __future__ import annotations

import pytest

from bridge.midi.lateness import Lateness, Summary


def test_without_messages_all_is_0():
    assert Lateness().summary() == Summary()


def test_quantiles_and_the_number_of_late_messages():
    lateness = Lateness()
    for milliseconds in [*[0.25] * 97, -1.0, 5.05, 900.0]:
        lateness.add(milliseconds / 1000)
    summary = lateness.summary()
    assert (summary.messages, summary.late) == (100, 2)
    assert summary.median == pytest.approx(0.0002)
    assert summary.p99 == pytest.approx(0.005)
    assert summary.worst == pytest.approx(0.9)
