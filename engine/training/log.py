"""The log of a training run: its settings, a line for each validation, and a plot of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from engine.files import write_atomically
from engine.model.config import ModelConfig
from engine.training.dataset import Recipe
from engine.training.plan import TrainingPlan
from engine.training.plot import draw_log

LOG_COLUMNS = ("step", "tokens", "train_loss", "validation_nll", "tokens_per_second")


class Log:
    """``settings.json``, ``log.csv`` and ``log.png`` of a run's folder. A resumed run appends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log.csv"
        self._plot = folder / "log.png"
        self._settings = folder / "settings.json"

    def begin(self, config: ModelConfig, plan: TrainingPlan, recipe: Recipe) -> None:
        """Start a new log."""
        settings = {
            "config": json.loads(config.to_json()),
            "plan": asdict(plan),
            "recipe": asdict(recipe),
        }
        write_atomically(self._settings, json.dumps(settings, indent=2) + "\n")
        self._write([LOG_COLUMNS])

    def resume(self, step: int) -> None:
        """Remove the lines of steps after ``step``, which will be trained again."""
        with self._path.open(newline="") as log:
            head, *rows = csv.reader(log)
        self._write([head, *(row for row in rows if int(row[0]) <= step)])

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        write_atomically(self._path, text.getvalue())

    def row(self, step: int, tokens: int, loss: float, nll: float, rate: float) -> None:
        """Append a line, print it, and draw the plot again.

        loss, nll: in nats a token. rate: tokens a second since the last line.
        """
        row = (step, tokens, f"{loss:.4f}", f"{nll:.4f}", f"{rate:.0f}")
        with self._path.open("a", newline="") as log:
            csv.writer(log).writerow(row)
        draw_log(self._path, self._plot)
        print("  ".join(f"{k} {v}" for k, v in zip(LOG_COLUMNS, row, strict=True)), flush=True)

    def cut(self, step: int, steps: int) -> None:
        """Print that the run stops before its end."""
        print(f"time is up after step {step} of {steps}; the same command continues from there")
