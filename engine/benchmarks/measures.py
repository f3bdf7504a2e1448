"""Timing in turns, and the lines of the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Task = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the report.

    what: what it measures. figure: the number, in ``unit``. target: the figure should be ``at
    least`` or ``at most`` this (None: no target). how: how it was measured, in a few words.
    """

    what: str
    figure: float
    unit: str = ""
    target: float | None = None
    side: Literal["at least", "at most"] = "at most"
    how: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.figure >= self.target if self.side == "at least" else self.figure <= self.target


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


def in_turns(tasks: Mapping[str, Task], rounds: int) -> dict[str, list[float]]:
    """Seconds of each task in each round; a round runs every task once, in order.

    One more round runs first, to fill caches.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds + 1):
        for name, task in tasks.items():
            begun = time.perf_counter()
            task()
            if number:
                seconds[name].append(time.perf_counter() - begun)
    return seconds


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median over rounds of one task's time divided by another's."""
    return median(a / b for a, b in zip(above, below, strict=True))


def page(sections: Sequence[Section], command: str, machine: str) -> str:
    """The report as a Markdown page. command: the command line that writes it."""
    head = f"# Performance\n\nWritten by `{command}` on {machine}."
    return "\n\n".join([head, *map(table, sections)]) + "\n"


def table(section: Section) -> str:
    """A section with its heading, in Markdown."""
    rows = (
        f"| {line.what} | {_amount(line.figure, line.unit)} | {_target(line)} | {line.how} |"
        for line in section.lines
    )
    head = f"## {section.title}\n\n| | measured | target | |\n|---|---|---|---|"
    return "\n".join([head, *rows])


def _target(line: Line) -> str:
    if line.target is None:
        return ""
    sign = ">=" if line.side == "at least" else "<="
    missed = "" if line.met else ", missed"
    return f"{sign} {_amount(line.target, line.unit)}{missed}"


def _amount(value: float, unit: str) -> str:
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}") + f" {unit}".rstrip()
