"""The music model in PyTorch, for training (paper, III-A2, III-B2 and Figure 1).

Shapes: B batch, C condition slots, T tokens, S = C + T, D width, H heads, W width of a head, V size
of the vocabulary. Relative global attention: Huang et al., Music Transformer, 2019. Squared ReLU:
So et al., Primer, 2021. RMS norm: Zhang and Sennrich, 2019.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.config import ModelConfig
from engine.model.features import FEATURES
from engine.model.rotary import rotary_tables
from engine.music import vocabulary as voc
from engine.music.conditions import CATEGORIES
from engine.music.offsets import MAX_OFFSET

NEAR_STEPS = voc.MAX_SHIFT + 1
"""Offsets of fewer steps than this, up to one TIMESHIFT, have a learned vector each in the rotary
network. So it can step exactly onto a boundary. One more vector stands for all larger offsets."""

QUERIES = 256
"""Queries attended for at a time on a CPU: few enough that their scores stay in its cache."""


def feed_forward(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """The paper's FFN: Linear, ReLU, Linear."""
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class ScalarSlot(nn.Module):
    """One number as a vector; NaN has a learned vector."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.ffn = feed_forward(1, width // 2, width)
        self.unknown = nn.Parameter(torch.randn(width) * 0.02)
        self.dropout = nn.Dropout(dropout)

    def forward(self, value: Tensor) -> Tensor:
        """value: [B, 1] -> [B, 1, D]."""
        value = value[..., None]
        known = self.dropout(self.ffn(torch.nan_to_num(value)))
        return torch.where(torch.isnan(value), self.unknown, known)


class CategorySlot(nn.Module):
    """One category as a vector; the last row of the table is for NaN."""

    def __init__(self, categories: int, width: int) -> None:
        super().__init__()
        self.table = nn.Embedding(categories + 1, width)

    def forward(self, value: Tensor) -> Tensor:
        """value: [B, 1] -> [B, 1, D]."""
        unknown = self.table.num_embeddings - 1
        return self.table(torch.nan_to_num(value, nan=float(unknown)).long())


class Attention(nn.Module):
    """Causal self-attention with the config's kind of positions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.head_width = config.heads, config.head_width
        relative = config.positions == "relative"
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=relative)
        self.out = nn.Linear(config.width, config.width, bias=relative)
        if relative:
            # Row -1 is for a distance of 0, row -2 for 1, ...; shared by all heads.
            self.distances = nn.Parameter(torch.randn(config.context, self.head_width) * 0.02)
        else:
            cos, sin = rotary_tables(config.context, self.head_width)
            self.cos = nn.Buffer(torch.from_numpy(cos), persistent=False)
            self.sin = nn.Buffer(torch.from_numpy(sin), persistent=False)
        self.relative = relative

    def forward(self, x: Tensor) -> Tensor:
        """[B, S, D] -> [B, S, D]."""
        batch, length, width = x.shape
        heads = self.qkv(x).view(batch, length, 3, self.heads, self.head_width)
        q, k, v = heads.permute(2, 0, 3, 1, 4)  # each [B, H, S, W]
        if self.relative:
            bias = relative_scores(q, self.distances) / math.sqrt(self.head_width)
            causal = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
            mixed = F.scaled_dot_product_attention(q, k, v, bias.masked_fill(causal, -math.inf))
        else:
            q, k = (rotate(t, self.cos, self.sin) for t in (q, k))
            mixed = causal_attention(q, k, v)
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Each place attends to itself and all before it: q, k, v [B, H, S, W] -> [B, H, S, W].

    On a CPU, training is 1.25 times as fast with plain products over a few queries at a time as
    with the fused kernel.
    """
    if not q.is_cpu:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    q = q / math.sqrt(q.shape[3])
    ahead = torch.ones(QUERIES, QUERIES, dtype=torch.bool).triu(1)
    mixed = []
    for first in range(0, q.shape[2], QUERIES):
        some = q[:, :, first : first + QUERIES]
        n = some.shape[2]
        scores = some @ k[:, :, : first + n].transpose(2, 3)
        scores[..., first:].masked_fill_(ahead[:n, :n], -math.inf)
        mixed.append(scores.softmax(-1).to(v.dtype) @ v[:, :, : first + n])
    return torch.cat(mixed, dim=2)


def relative_scores(q: Tensor, distances: Tensor) -> Tensor:
    """q . E[distance] for each query and key, by "skewing": [B, H, S, W] -> [B, H, S, S].

    Entries above the diagonal are meaningless; the causal mask hides them.
    """
    length = q.shape[2]
    scores = q @ distances[-length:].T  # [B, H, S, S]; column m is distance S - 1 - m
    # With one more column, each following row moves one further to the right.
    return F.pad(scores, (0, 1)).flatten(2)[..., length - 1 : -1].view(scores.shape)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the two halves of each head by its position: [B, H, S, W] -> the same."""
    cos, sin = cos[: x.shape[2]].to(x.dtype), sin[: x.shape[2]].to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class PaperBlock(nn.Module):
    """Attention and ReLU feed-forward, layer norm after each."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.norm1 = nn.LayerNorm(config.width, eps=1e-6)
        self.up = nn.Linear(config.width, config.hidden)
        self.down = nn.Linear(config.hidden, config.width)
        self.norm2 = nn.LayerNorm(config.width, eps=1e-6)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """[B, S, D] -> [B, S, D]."""
        x = self.norm1(x + self.dropout(self.attention(x)))
        return self.norm2(x + self.dropout(self.down(F.relu(self.up(x)))))


class RotaryBlock(nn.Module):
    """Attention and squared-ReLU feed-forward, RMS norm before each, no biases."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(config.width, eps=1e-6)
        self.attention = Attention(config)
        self.norm2 = nn.RMSNorm(config.width, eps=1e-6)
        self.up = nn.Linear(config.width, config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, config.width, bias=False)
        self.dropout = nn.Dropout(config.dropout)
        # Each block starts as the identity: training then starts faster.
        nn.init.zeros_(self.attention.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor) -> Tensor:
        """[B, S, D] -> [B, S, D]."""
        x = x + self.dropout(self.attention(self.norm1(x)))
        return x + self.dropout(self.down(F.relu(self.up(self.norm2(x))).square()))


class Transformer(nn.Module):
    """Next-token logits from tokens, boundary offsets and conditions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        relative = config.positions == "relative"
        self.slots = nn.ModuleList(
            CategorySlot(CATEGORIES[name], width)
            if name in CATEGORIES
            else ScalarSlot(width, config.dropout)
            for name in config.controls
        )
        self.embedding = nn.Embedding(voc.SIZE, width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.dropout = nn.Dropout(config.dropout)
        if config.features:
            self.steps = nn.Buffer(torch.from_numpy(voc.STEPS.copy()), persistent=False)
        self.features = nn.ModuleList(FEATURES[name](width) for name in config.features)
        if relative:
            self.positions = nn.Parameter(torch.randn(config.context, width // 2) * 0.02)
            self.offsets = feed_forward(1, width // 4, width // 2)
            self.blocks = nn.ModuleList(PaperBlock(config) for _ in range(config.layers))
            self.output = nn.Linear(width, voc.SIZE)
        else:
            self.offsets = feed_forward(1, width // 4, width)
            self.near = nn.Embedding(NEAR_STEPS + 1, width)
            nn.init.normal_(self.near.weight, std=0.02)
            self.blocks = nn.ModuleList(RotaryBlock(config) for _ in range(config.layers))
            self.norm = nn.RMSNorm(width, eps=1e-6)

    def forward(self, tokens: Tensor, offsets: Tensor | None, conditions: Tensor) -> Tensor:
        """Logits [B, T, V] of the token that follows each token.

        tokens: [B, T]. offsets: [B, T] seconds (``engine.music.offsets``), or None if no boundary
        is known. conditions: [B, C] as ``Conditions.vector`` gives them.
        """
        slots = [slot(conditions[:, i : i + 1]) for i, slot in enumerate(self.slots)]
        embedded = self.embedding(tokens)
        if self.features:
            cursor = self.steps[tokens].cumsum(1)
            for feature in self.features:
                embedded = embedded + feature(tokens, cursor, self.embedding)
        x = torch.cat([*slots, embedded * math.sqrt(self.config.width)], dim=1)  # [B, S, D]
        x = x + self._places(offsets, x)
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x)
        x = x[:, len(slots) :]
        if self.config.positions == "relative":
            return self.output(x)
        return self.norm(x) @ self.embedding.weight.T

    def _places(self, offsets: Tensor | None, x: Tensor) -> Tensor:
        """The position of each place and its time to the next boundary, as vectors [B, S, D]."""
        length, slots = x.shape[1], len(self.slots)
        relative = self.config.positions == "relative"
        if offsets is None:
            return torch.cat([self.positions[:length]] * 2, 1) if relative else torch.zeros_like(x)
        # The condition slots share the first token's offset.
        offsets = torch.cat([offsets[:, :1].expand(-1, slots), offsets], dim=1)
        encoded = self.offsets((MAX_OFFSET - offsets.clamp(max=MAX_OFFSET))[..., None])
        if relative:
            positions = self.positions[:length].expand(x.shape[0], -1, -1)
            return torch.cat([encoded, positions], dim=2)
        steps = (offsets * (1000 / voc.STEP_MS)).round().long()
        return encoded + self.near(steps.clamp(max=NEAR_STEPS)) * math.sqrt(self.config.width)
