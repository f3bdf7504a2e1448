"""How far probabilities of emotions can be trusted, and how to make them so.

Probabilities are arrays [n, 6] in the order of :data:`~engine.section.EKMAN`; labels are indices
into it, [n].

Source: Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ints
from engine.section import EKMAN

UNIFORM_LOSS = float(np.log(len(EKMAN)))
"""The log loss in nats of saying that all six are equal."""

_LEAST = 1e-12
"""No probability counts as less, so that one wrong certainty does not make a mean infinite."""

_LOWEST, _HIGHEST = 0.05, 100.0
"""Where a temperature is searched."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about the same confidence, which is the probability of the likeliest emotion.

    confidence: their mean. accuracy: the share that was right. count: how many there are.
    """

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int


def log_losses(probabilities: Floats, labels: Ints) -> Floats:
    """The log loss of each prediction [n] in nats: minus the logarithm of the true probability."""
    _validate(probabilities, labels)
    chosen = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(chosen, _LEAST))


def log_loss(probabilities: Floats, labels: Ints) -> float:
    """The mean of :func:`log_losses`."""
    return float(log_losses(probabilities, labels).mean())


def hits(probabilities: Floats, labels: Ints) -> Floats:
    """For each prediction [n], how right its likeliest emotion is: 1, 0, or a share where several
    are equally likely."""
    _validate(probabilities, labels)
    likeliest = probabilities >= probabilities.max(1, keepdims=True)
    return likeliest[np.arange(len(labels)), labels] / likeliest.sum(1)


def confusion(probabilities: Floats, labels: Ints) -> Ints:
    """How often each emotion [6, row: the true one] was taken for each [6, column]."""
    _validate(probabilities, labels)
    counts = np.zeros((len(EKMAN), len(EKMAN)), np.int64)
    np.add.at(counts, (labels, probabilities.argmax(1)), 1)
    return counts


def sharpened(probabilities: Floats, temperature: float) -> Floats:
    """The probabilities at a temperature: above 1 they come nearer to each other.

    Raises ValueError unless the temperature is above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature {temperature:g}: it must be above 0")
    logs = np.log(np.maximum(probabilities, _LEAST)) / temperature
    weights = np.exp(logs - logs.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def fit_temperature(probabilities: Floats, labels: Ints) -> float:
    """The temperature, 0.05 to 100, with the least log loss on labelled predictions.

    The loss is convex in 1 / temperature, so a golden-section search over it finds the least.
    """
    _validate(probabilities, labels)
    golden = (np.sqrt(5) - 1) / 2
    low, high = 1 / _HIGHEST, 1 / _LOWEST

    def loss(inverse: float) -> float:
        return log_loss(sharpened(probabilities, 1 / inverse), labels)

    left, right = high - golden * (high - low), low + golden * (high - low)
    losses = loss(left), loss(right)
    while high - low > 1e-4 * low:
        if losses[0] <= losses[1]:
            high, right = right, left
            left = high - golden * (high - low)
            losses = loss(left), losses[0]
        else:
            low, left = left, right
            right = low + golden * (high - low)
            losses = losses[1], loss(right)
    return float(2 / (low + high))


def reliability(probabilities: Floats, labels: Ints, bins: int = 10) -> tuple[Bin, ...]:
    """The reliability table: predictions in ``bins`` equal intervals of confidence 0..1.

    Empty intervals are left out. An interval includes its upper end.
    """
    right = hits(probabilities, labels)
    confidence = probabilities.max(1)
    places = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    return tuple(
        Bin(
            place / bins,
            (place + 1) / bins,
            float(confidence[places == place].mean()),
            float(right[places == place].mean()),
            int((places == place).sum()),
        )
        for place in np.unique(places).tolist()
    )


def calibration_error(table: tuple[Bin, ...]) -> float:
    """The expected calibration error: |confidence - accuracy|, averaged over all predictions."""
    total = sum(entry.count for entry in table)
    return sum(entry.count * abs(entry.confidence - entry.accuracy) for entry in table) / total


def _validate(probabilities: Floats, labels: Ints) -> None:
    """Raise ValueError for empty arrays, and for shapes that do not go together."""
    if probabilities.shape != (len(labels), len(EKMAN)) or not len(labels):
        raise ValueError(
            f"probabilities {probabilities.shape} for {len(labels)} labels: give [n, 6] and n >= 1"
        )
