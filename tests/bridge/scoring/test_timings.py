from __future__ import annotations

from bridge.scoring.timings import Stopwatch, Timings


def test_phases_that_have_ended_are_timed_and_add_up():
    stopwatch = Stopwatch()
    assert stopwatch.timings == Timings()
    stopwatch.end("analyze")
    stopwatch.end("compose")
    found = stopwatch.timings
    assert found.load == found.export == found.render == 0.0
    assert abs(found.total - found.analyze - found.compose) < 1e-6
