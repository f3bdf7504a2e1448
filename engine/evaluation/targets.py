"""The targets of a network, beside the paper's figures where it has them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.metrics.statistics import Json


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of the report and the range that it should lie in.

    path: the keys that lead to it in the report, either to a number or to a value with its interval
    and n. least, most: the bounds; None for no bound. paper: the paper's figures, on its own data
    sets.
    """

    title: str
    path: tuple[str, ...]
    least: float | None = None
    most: float | None = None
    paper: str = "-"

    def met(self, value: float) -> bool:
        """Whether a value lies in the range; NaN does not."""
        low = -math.inf if self.least is None else self.least
        high = math.inf if self.most is None else self.most
        return bool(low <= value <= high)


_CHORDS = ("boundaries", "notes")

TARGETS = (
    Target("chord recall within 1 s", (*_CHORDS, "second", "recall"), 0.97, paper="0.899 / 0.909"),
    Target(
        "chord recall within 1/30 s", (*_CHORDS, "frame", "recall"), 0.97, paper="0.297 / 0.317"
    ),
    Target("chord precision within 1 s", (*_CHORDS, "second", "precision"), 0.85),
    Target("recall less shuffled within 1 s", (*_CHORDS, "second", "recall_less_shuffled"), 0.4),
    Target("arousal, requested and judged, r", ("emotion", "arousal", "pearson"), 0.78),
    Target("valence, requested and judged, r", ("emotion", "valence", "pearson"), 0.73),
    Target("halves differ in arousal as asked", ("sections", "turning", "arousal"), 0.9),
    Target("halves differ in valence as asked", ("sections", "turning", "valence"), 0.8),
    Target("a change noticed within two bars", ("sections", "bars_until_noticed", "soon"), 0.9),
    Target("musicality, share of the ceiling", ("musicality", "share_of_ceiling"), 0.90),
    Target("tempo within 3%", ("controls", "tempo"), 0.90),
    Target("key as asked", ("controls", "key"), 0.80),
    Target("one-minute pieces without fault", ("faults", "none"), 1.0),
    Target("still, median", ("harmony", "still", "median"), most=0.25),
    Target("loop, third quartile", ("harmony", "loop", "p75"), most=0.08),
    Target("pitch range as in songs", ("harmony", "pitch_range", "within_songs"), 0.9),
    Target("onsets near the grid, median", ("plan", "near_grid", "median"), 0.97),
    Target("onsets near the grid, worst piece", ("plan", "near_grid", "min"), 0.90),
    Target("tempo changes that were not planned", ("plan", "unplanned_tempo_changes"), most=0),
    Target("bend of the tempo, 95th percentile", ("plan", "bend", "p95"), most=0.04),
    Target("boundaries on a beat", ("plan", "boundaries_on_beat"), 0.98),
    Target("boundaries on a downbeat", ("plan", "boundaries_on_downbeat"), 0.8),
    Target("everybody plays four bars a minute", ("plan", "everybody_plays"), 0.95),
    Target("density within 0.8 to 1.25 of the plan", ("plan", "density_ratio", "kept"), 0.9),
    Target("no onset in the last second", ("plan", "no_late_onset"), 1.0),
    Target("last chord on the tonic", ("plan", "ends_on_tonic"), 0.9),
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
                "most": target.most,
                "value": entry["value"],
                "interval": entry.get("interval"),
                "n": entry.get("n"),
                "met": target.met(entry["value"]),
            }
