"""Tag KL: does generated music have the tags of reference music?

Goal: how far the tags of generated sound are from those of reference sound. A pretrained tagger
gives each clip the probability of each tag, averaged over the clip. Less is better.

Conventions: KL(reference || generated) = sum of p log(p / q) over the tags, in nats, with p and q
clipped at :data:`FLOOR`. Probabilities of tags are independent and do not sum to 1. So the figure
may be below 0, and compares only with figures of the same tagger.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats
from engine.metrics.statistics import Json, estimate

FLOOR = 1e-6


def validate(reference: Floats, generated: Floats) -> None:
    """Raise ValueError unless both are probabilities [tags] of the same tags."""
    shapes = np.shape(reference), np.shape(generated)
    if shapes[0] != shapes[1] or len(shapes[0]) != 1 or not shapes[0][0]:
        raise ValueError(f"tags must be two lists of one length, not of shapes {shapes}")
    both = np.stack([reference, generated])
    if not ((both >= 0) & (both <= 1)).all():
        raise ValueError("tags must be probabilities, 0..1")


def tag_kl(reference: Floats, generated: Floats) -> float:
    """KL of the tags [tags] of generated music from those of its reference, in nats.

    Raises ValueError where :func:`validate` does.
    """
    validate(reference, generated)
    p, q = (np.maximum(np.asarray(tags, np.float64), FLOOR) for tags in (reference, generated))
    return float((p * np.log(p / q)).sum())


def evaluate(pairs: Sequence[tuple[Floats, Floats]], rng: np.random.Generator) -> Json:
    """The mean over pairs of reference and generated tags, with its 95% interval and n.

    Raises ValueError where :func:`validate` does.
    """
    values = [tag_kl(reference, generated) for reference, generated in pairs]
    return estimate(lambda column: float(np.mean(column)), values, rng=rng)
