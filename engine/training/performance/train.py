"""Trains the velocity network, in minutes on one core."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.arrays import Ints
from engine.performance import features, history, style
from engine.performance.bins import BINS
from engine.performance.network import SIZES, VelocityNetwork
from engine.training.performance.dataset import Rows, with_style


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train.

    width, hidden: of the two layers. batch: notes a step. rate: of Adam; it falls to zero in a
    straight line. passes: over the songs. unknown: how often a note's level, and its range, is
    hidden from the network, so that it also does without. forget: how often each feature of the
    velocities before is hidden, so that no single one decides, and mistakes don't add up.
    """

    width: int = 128
    hidden: int = 64
    batch: int = 4096
    rate: float = 0.004
    passes: float = 1.5
    unknown: float = 0.5
    forget: float = 0.25
    seed: int = 0

    def steps(self, notes: int) -> int:
        """The steps of all passes over this many notes."""
        return max(1, round(self.passes * notes / self.batch))


class Trained(nn.Module):
    """The network of :class:`VelocityNetwork` with gradients."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(sum(SIZES), settings.width, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)
        self.inner = nn.Linear(settings.width, settings.hidden)
        self.outer = nn.Linear(settings.hidden, BINS)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits [n, BINS] of rows [n, features]."""
        first = functional.relu(self.table(rows))
        return self.outer(functional.relu(self.inner(first)))

    def network(self) -> VelocityNetwork:
        """The network without gradients."""

        def array(tensor: Tensor) -> np.ndarray:
            return tensor.detach().numpy().astype(np.float32)

        return VelocityNetwork(
            array(self.table.weight),
            array(self.inner.weight.T),
            array(self.inner.bias),
            array(self.outer.weight.T),
            array(self.outer.bias),
        )


def train(
    rows: Rows, settings: Settings, progress: Callable[[float], None] | None = None
) -> VelocityNetwork:
    """Train on the rows. progress: receives the number of steps done."""
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    model = Trained(settings)
    optimizer = torch.optim.Adam(model.parameters(), settings.rate)
    steps = settings.steps(len(rows))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for step, chosen in zip(range(steps), _batches(len(rows), settings.batch, rng), strict=False):
        inputs = batch(rows, chosen, settings, rng)
        loss = functional.cross_entropy(
            model(torch.from_numpy(inputs)), torch.from_numpy(rows.target[chosen])
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if progress is not None:
            progress(step + 1)
    return model.network()


def batch(rows: Rows, chosen: Ints, settings: Settings, rng: np.random.Generator) -> Ints:
    """The inputs of the chosen rows, with levels, ranges and velocities hidden by chance."""
    level = np.where(rng.random(len(chosen)) < settings.unknown, np.nan, rows.level[chosen])
    spread = np.where(rng.random(len(chosen)) < settings.unknown, np.nan, rows.spread[chosen])
    asked = style.features(rows.part[chosen], level, spread)
    known = rows.features[chosen].astype(np.int64)
    before = known[:, features.COUNT :]
    forgotten = rng.random(before.shape, np.float32) < settings.forget
    before[forgotten] = history.nothing(rows.part[chosen])[forgotten]
    return with_style(known, asked)


def _batches(count: int, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    while True:
        order = rng.permutation(count)
        yield from (order[first : first + size] for first in range(0, count, size))
