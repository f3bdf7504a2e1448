"""A plot of the training log."""

from __future__ import annotations

import csv
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from engine.files import replacing

_VALIDATION, _TRAINING, _GREY = "#1f5fa8", "#e08a1e", "#6a6a6a"


def draw_log(log: Path, path: Path) -> None:
    """Plot ``log.csv`` to a PNG file: losses and speed, by the number of tokens seen."""
    with log.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = {name: [float(row[name]) for row in rows] for name in rows[0]} if rows else {}
    tokens = columns.get("tokens", [])
    figure = Figure(figsize=(8, 6), layout="constrained")
    losses, speed = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    nll, loss = columns.get("validation_nll", []), columns.get("train_loss", [])
    losses.plot(tokens, loss, ".-", color=_TRAINING, label="training loss (chords weigh more)")
    losses.plot(tokens, nll, ".-", color=_VALIDATION, label="validation NLL")
    if nll:
        losses.annotate(
            f"{nll[-1]:.3f}", (tokens[-1], nll[-1]), xytext=(0, 6), textcoords="offset points",
            ha="right", color=_VALIDATION,
        )  # fmt: skip
    losses.set_ylabel("nats a token")
    losses.grid(alpha=0.3)
    losses.legend()
    speed.plot(tokens, columns.get("tokens_per_second", []), ".-", color=_GREY)
    speed.set_ylim(bottom=0)
    speed.set_ylabel("tokens a second")
    speed.set_xlabel("tokens seen")
    speed.xaxis.set_major_formatter(EngFormatter())
    speed.yaxis.set_major_formatter(EngFormatter())
    speed.grid(alpha=0.3)
    with replacing(path) as beside:
        figure.savefig(beside, dpi=110)
