from __future__ import annotations

from bridge.server.rate import RateLimit


def test_some_may_happen_at_once_and_more_as_time_passes():
    limit = RateLimit(3, 2.0)
    assert [limit.allows(100.0) for _ in range(5)] == [True] * 3 + [False] * 2
    assert not limit.allows(101.5)
    assert limit.allows(102.0) and not limit.allows(103.9) and limit.allows(104.0)


def test_a_long_rest_gives_no_more_than_at_first():
    limit = RateLimit(3, 2.0)
    assert limit.allows(0.0)
    assert [limit.allows(1e6) for _ in range(5)] == [True] * 3 + [False] * 2
