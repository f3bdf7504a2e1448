"""The figures of a trained fusion network on videos that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from engine.arrays import Floats
from engine.emotion.calibration import (
    UNIFORM_LOSS,
    calibration_error,
    confusion,
    hits,
    log_losses,
    reliability,
)
from engine.metrics.statistics import Json, estimate
from engine.section import EKMAN
from engine.training.emotion.dataset import Video, labels


def figures(probabilities: Floats, videos: Sequence[Video]) -> Json:
    """Log loss and top-1 with 95% intervals and n, the confusion, and the calibration.

    probabilities: [n, 6]. The rows of ``confusion`` are the true emotions.
    """
    true = labels(videos)
    rng = np.random.default_rng(0)
    table = reliability(probabilities, true)
    return {
        "log_loss": estimate(_mean, log_losses(probabilities, true), rng=rng),
        "uniform": UNIFORM_LOSS,
        "top_1": estimate(_mean, hits(probabilities, true), rng=rng),
        "confusion": dict(zip(EKMAN, confusion(probabilities, true).tolist(), strict=True)),
        "calibration_error": calibration_error(table),
        "reliability": [asdict(entry) for entry in table],
    }


def _mean(values: Floats) -> float:
    return float(np.mean(values))
