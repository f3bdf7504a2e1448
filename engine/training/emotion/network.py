"""The paper's fusion network in PyTorch.

Each modality is projected to ``width`` features. Each sequence attends to each other one. What it
finds is normalised and averaged over time. All averages and single vectors are joined and
classified.

The description (Sulun, Viana and Davies 2024, VEMOCLAP; docs/training-emotion.md) gives the
projections, four heads, all ordered pairs, normalisation, dropout .5, the mean and the classifier.
These have 8.17M parameters for the paper's modalities, and it states 10.54M. Nine linear layers of
512 x 512 are the difference. So each of the three sequences has layers for its queries, keys and
values here, which its pairs share. That is an inference from the count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.emotion.fusion_network import Modality
from engine.section import EKMAN

HEADS = 4
DROPOUT = 0.5
WIDTH = 512


class FusionModule(nn.Module):
    """The network with gradients.

    modalities: at least two are sequences. width: a multiple of ``HEADS``.
    """

    def __init__(self, modalities: Sequence[Modality], width: int = WIDTH) -> None:
        super().__init__()
        self.modalities = tuple(modalities)
        self.width = width
        self.sequences = tuple(m.name for m in self.modalities if m.sequence)
        self.singles = tuple(m.name for m in self.modalities if not m.sequence)
        self.pairs = tuple(permutations(self.sequences, 2))
        self.project = nn.ModuleDict({m.name: nn.Linear(m.width, width) for m in self.modalities})
        self.query, self.key, self.value = (
            nn.ModuleDict({name: nn.Linear(width, width) for name in self.sequences})
            for _ in range(3)
        )
        self.attention = nn.ModuleDict(
            {
                pair_name(*pair): nn.MultiheadAttention(width, HEADS, batch_first=True)
                for pair in self.pairs
            }
        )
        self.norm = nn.ModuleDict({pair_name(*pair): nn.LayerNorm(width) for pair in self.pairs})
        self.output = nn.Linear(width * (len(self.pairs) + len(self.singles)), len(EKMAN))

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Logits [n, 6] of a batch of :func:`engine.emotion.fusion_network.prepare`."""
        known = {name: layer(batch[name]) for name, layer in self.project.items()}
        parts = []
        for asking, asked in self.pairs:
            name = pair_name(asking, asked)
            found, _ = self.attention[name](
                self.query[asking](known[asking]),
                self.key[asked](known[asked]),
                self.value[asked](known[asked]),
                need_weights=False,
            )
            parts.append(self._drop(self.norm[name](found)).mean(1))
        parts += [known[name] for name in self.singles]
        return self.output(functional.relu(torch.cat(parts, 1)))

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, DROPOUT, self.training)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.output.weight.device

    def parameter_count(self) -> int:
        """The number of trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def pair_name(asking: str, asked: str) -> str:
    """The name of the layers by which one sequence attends to another."""
    return f"{asking}_to_{asked}"
