"""The report as one page of plots, drawn from the JSON only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.files import replacing
from engine.metrics.alignment import WINDOWS
from engine.metrics.statistics import Json

_OURS, _OTHER, _GREY = "#1f5fa8", "#e08a1e", "#9a9a9a"
_SIZE = (15, 13)


def draw(report: Json, path: Path) -> None:
    """Draw an evaluation's report to a PNG file; the panel of a missing part stays empty."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots(3, 3)
    model = report["model"]
    figure.suptitle(
        f"{model['name']}, {model['parameters'] / 1e6:.1f}M parameters, {model['sha256'][:12]}"
    )
    panels = (
        ("likelihood", _likelihood),
        ("boundaries", _boundaries),
        ("boundaries", _deltas),
        ("emotion", lambda axis, part: _emotion(axis, part, "valence")),
        ("emotion", lambda axis, part: _emotion(axis, part, "arousal")),
        ("musicality", _musicality),
        ("controls", lambda axis, part: _requested(axis, part, "tempo", "quarter notes a minute")),
        ("controls", _controls),
        ("faults", _faults),
    )
    for axis, (name, panel) in zip(axes.flat, panels, strict=True):
        if report.get(name):
            panel(axis, report[name])
        else:
            axis.set_axis_off()
            axis.set_title(f"{name}: left out", color=_GREY)
    with replacing(path) as beside:
        figure.savefig(beside, dpi=110)


def _bars(axis: Axes, names: list[str], entries: list[Json], title: str) -> None:
    """Values with their intervals, from top to bottom."""
    rows = np.arange(len(names))
    values = np.array([_value(entry["value"]) for entry in entries])
    ends = np.array([[_value(end) for end in entry["interval"]] for entry in entries])
    axis.barh(rows, values, color=_OURS)
    axis.hlines(rows, ends[:, 0], ends[:, 1], color="black", linewidth=1)
    axis.set_yticks(rows, names)
    axis.invert_yaxis()
    axis.set_title(title)


def _value(value: float | None) -> float:
    return np.nan if value is None else value


def _likelihood(axis: Axes, part: Json) -> None:
    case = part["emotion"]
    names = ["all tokens", *(name.lower().replace("_", " ") for name in case["by_type"])]
    entries = [case["nll_per_token"], *case["by_type"].values()]
    _bars(axis, names, entries, "Validation NLL, nats a token (emotion given)")


def _boundaries(axis: Axes, part: Json) -> None:
    entries, names, chance = [], [], []
    for source in ("notes", "tokens"):
        for window, seconds in WINDOWS.items():
            for measure in ("recall", "precision"):
                figures = part[source][window]
                entries.append(figures[measure])
                names.append(f"{source} {measure} {'1/30 s' if seconds < 1 else '1 s'}")
                chance.append(_value(figures["shuffled_recall"] if measure == "recall" else None))
    _bars(axis, names, entries, "Chords at boundaries (tick: shuffled)")
    axis.plot(chance, np.arange(len(names)), "|", color=_OTHER, markersize=14, markeredgewidth=3)
    axis.set_xlim(0, 1)


def _deltas(axis: Axes, part: Json) -> None:
    axis.hist(part["notes"]["second"]["deltas"], bins=60, range=(-1, 1), color=_OURS)
    axis.set_title("Chord minus boundary, matched within 1 s")
    axis.set_xlabel("seconds")


def _emotion(axis: Axes, part: Json, name: str) -> None:
    requested, judged = np.array(part[name]["requested"]), np.array(part[name]["judged"])
    points = np.unique(requested)
    axis.plot(requested, judged, ".", color=_GREY)
    axis.plot(points, [judged[requested == point].mean() for point in points], "o-", color=_OURS)
    r = part[name]["pearson"]
    axis.set_title(f"{name.capitalize()}: r {_value(r['value']):.2f}, n {r['n']}")
    axis.set_xlabel("requested")
    axis.set_ylabel("judged")


def _musicality(axis: Axes, part: Json) -> None:
    names = list(part["measures"])
    rows = np.arange(len(names))
    for key, colour, size in (("ceiling", _GREY, 0.8), ("overlap", _OURS, 0.5)):
        values = [_value(part["measures"][name][key]) for name in names]
        axis.barh(rows, values, size, color=colour, label=key)
    axis.set_yticks(rows, [name.replace("_", " ") for name in names])
    axis.invert_yaxis()
    axis.legend()
    axis.set_title(f"Overlap with songs: {part['share_of_ceiling']['value']:.2f} of the ceiling")


def _requested(axis: Axes, part: Json, name: str, unit: str) -> None:
    pairs = np.array(part[name]["pairs"], np.float64).reshape(-1, 2)
    if len(pairs):
        ends = [pairs[:, 0].min(), pairs[:, 0].max()]
        axis.plot(ends, ends, color=_GREY)
        axis.plot(pairs[:, 0], pairs[:, 1], ".", color=_OURS)
    axis.set_title(f"{name.capitalize()}, {unit}")
    axis.set_xlabel("requested")
    axis.set_ylabel("measured")


def _controls(axis: Axes, part: Json) -> None:
    names = ["tempo", "key", "metre"]
    _bars(axis, names, [part[name] for name in names], "Met as requested (tick: songs)")
    songs = [_value(part["songs"][name]["value"]) for name in names]
    axis.plot(songs, range(len(names)), "|", color=_OTHER, markersize=24, markeredgewidth=3)
    axis.set_xlim(0, 1)


def _faults(axis: Axes, part: Json) -> None:
    names = [name for name in part if name != "none"]
    titles = [name.replace("_", " ") for name in names]
    n = part["none"]["n"]
    _bars(
        axis, titles, [part[name] for name in names], f"Faults, share of {n} pieces (tick: songs)"
    )
    songs = [_value(part[name]["songs"]) for name in names]
    axis.plot(songs, range(len(names)), "|", color=_OTHER, markersize=24, markeredgewidth=3)
    axis.set_xlim(0, 1)
