"""A finished report as tables of text; undefined figures (null in the report) are dashes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.metrics.statistics import Json


def target_table(report: Json) -> list[str]:
    """The targets, each with the figure that was found; a star marks those that are met."""
    rows = [("", "paper", "target", "ours", "95%", "n")]
    for row in report["targets"]:
        low, high = row["interval"] or (None, None)
        bounds = [f">= {row['least']:g}"] if row["least"] is not None else []
        bounds += [f"<= {row['most']:g}"] if row["most"] is not None else []
        rows.append(
            (
                row["title"],
                row["paper"],
                ", ".join(bounds),
                _number(row["value"]) + (" *" if row["met"] else ""),
                "" if low is None else f"{_number(low)}..{_number(high)}",
                "" if row["n"] is None else str(row["n"]),
            )
        )
    return aligned(rows)


def harmony_table(report: Json) -> list[str]:
    """The measures of harmony: pieces beside songs. No lines if they were left out."""
    if "harmony" not in report:
        return []
    titles = ("median", "quartiles", "5%..95%")
    ours, songs = ((f"{who}: {titles[0]}", *titles[1:]) for who in ("pieces", "songs"))
    rows = [("", *ours, *songs, "within songs")]
    for name, figures in report["harmony"].items():
        rows.append(
            (
                name.replace("_", " "),
                *_spread(figures),
                *_spread(figures["songs"]),
                _number(figures["within_songs"]["value"]),
            )
        )
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of equally many cells as lines, with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _spread(figures: Json) -> tuple[str, str, str]:
    """Median, quartiles, and the 5th and 95th percentile."""
    low, high = (
        f"{_number(figures[start])}..{_number(figures[end])}"
        for start, end in (("p25", "p75"), ("p5", "p95"))
    )
    return _number(figures["median"]), low, high


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
