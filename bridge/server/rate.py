"""A limit on how often something may happen: a token bucket."""

from __future__ import annotations


class RateLimit:
    """``most`` at once, and one more every ``every`` seconds after that."""

    def __init__(self, most: int, every: float) -> None:
        self._most, self._every = most, every
        self._left = float(most)
        self._last: float | None = None

    def allows(self, now: float) -> bool:
        """Whether one more may happen at ``now``, in seconds of any clock; if so, it counts."""
        if self._last is not None:
            gained = (now - self._last) / self._every
            self._left = min(self._left + gained, float(self._most))
        self._last = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
