"""The targets of a network, beside the paper's figures where it has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.metrics.statistics import Json


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of the report and the least that it should be.

    path: the keys that lead to it in the report, either to a number or to a value with its interval
    and n. paper: the paper's figures, on its own data sets.
    """

    title: str
    path: tuple[str, ...]
    least: float
    paper: str = "-"


_CHORDS = ("boundaries", "notes")

TARGETS = (
    Target("chord recall within 1 s", (*_CHORDS, "second", "recall"), 0.90, "0.899 / 0.909"),
    Target("chord recall within 1/30 s", (*_CHORDS, "frame", "recall"), 0.32, "0.297 / 0.317"),
    Target("chord precision within 1 s", (*_CHORDS, "second", "precision"), 0.6),
    Target("recall less shuffled within 1 s", (*_CHORDS, "second", "recall_less_shuffled"), 0.4),
    Target("arousal, requested and judged, r", ("emotion", "arousal", "pearson"), 0.7),
    Target("valence, requested and judged, r", ("emotion", "valence", "pearson"), 0.4),
    Target("musicality, share of the ceiling", ("musicality", "share_of_ceiling"), 0.85),
    Target("tempo within 3%", ("controls", "tempo"), 0.90),
    Target("key as asked", ("controls", "key"), 0.80),
    Target("one-minute pieces without fault", ("faults", "none"), 1.0),
)


def targets(report: Json) -> list[Json]:
    """Each target whose figure the report has, with that figure and whether it is ``met``."""
    return list(_found(report))


def _found(report: Json) -> Iterator[Json]:
    for target in TARGETS:
        entry: Any = report
        for key in target.path:
            entry = (entry or {}).get(key, {})
        if not isinstance(entry, dict):
            entry = {"value": entry}
        if "value" in entry:
            yield {
                "title": target.title,
                "paper": target.paper,
                "least": target.least,
                "value": entry["value"],
                "interval": entry.get("interval"),
                "n": entry.get("n"),
                "met": bool(entry["value"] >= target.least),
            }


def lines(report: Json) -> list[str]:
    """The targets of a finished report as the lines of a table; NaN may be null in it."""
    rows = [("", "paper", "target", "ours", "95%", "n")]
    for row in report["targets"]:
        low, high = row["interval"] or (None, None)
        rows.append(
            (
                row["title"],
                row["paper"],
                f">= {row['least']:g}",
                _number(row["value"]) + (" *" if row["met"] else ""),
                "" if low is None else f"{_number(low)}..{_number(high)}",
                "" if row["n"] is None else str(row["n"]),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
