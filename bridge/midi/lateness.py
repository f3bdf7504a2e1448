"""How late messages are sent, counted in constant memory."""

from __future__ import annotations

from dataclasses import dataclass

LATE = 0.003
"""The seconds above which a message counts as late.

Two notes that should coincide are heard as separate only when some ten times as far apart.
"""
_CELL = 1e-4
_CELLS = 2001


@dataclass(frozen=True, slots=True)
class Summary:
    """messages: how many were sent. late: how many of them were late. median, p99 and worst:
    lateness in seconds, to 0.1 ms."""

    messages: int = 0
    late: int = 0
    median: float = 0.0
    p99: float = 0.0
    worst: float = 0.0


class Lateness:
    """A histogram of lateness. Reading it takes no lock."""

    def __init__(self) -> None:
        self._cells = [0] * _CELLS
        self._late = 0
        self._worst = 0.0

    def add(self, seconds: float) -> None:
        """Count one message sent ``seconds`` after its moment; a negative value counts as 0."""
        seconds = max(seconds, 0.0)
        self._cells[min(int(seconds / _CELL), _CELLS - 1)] += 1
        self._late += seconds > LATE
        self._worst = max(self._worst, seconds)

    def summary(self) -> Summary:
        """All messages so far."""
        cells = list(self._cells)
        total = sum(cells)
        return Summary(
            total, self._late, _quantile(cells, total / 2), _quantile(cells, 0.99 * total),
            self._worst,
        )  # fmt: skip


def _quantile(cells: list[int], rank: float) -> float:
    seen = 0
    for cell, count in enumerate(cells):
        seen += count
        if seen and seen >= rank:
            return cell * _CELL
    return 0.0
