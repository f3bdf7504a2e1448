"""The features of each token in PyTorch: computed for whole windows, with learned weights.

The values equal those of :mod:`engine.music.features`, which takes one token at a time. All weights
begin as zeros. Shapes: B batch, T tokens, D width.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.music import vocabulary as voc
from engine.music.features import active_notes, bar_position, lookback
from engine.music.vocabulary import Kind


class BarPosition(nn.Module):
    """The place of each token in its bar, as a learned vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.since, self.part = (nn.Embedding(rows, width) for rows in bar_position.ROWS)
        nn.init.zeros_(self.since.weight)
        nn.init.zeros_(self.part.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """tokens [B, T] and their time in steps, cursor [B, T] -> [B, T, D]."""
        since, part = bar_positions(tokens, cursor)
        return self.since(since) + self.part(part)


class Lookback(nn.Module):
    """The tokens that followed at this place some bars ago: their embeddings, mixed."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.order = nn.Buffer(torch.from_numpy(lookback.ORDER.copy()), persistent=False)
        is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
        self.is_shift = nn.Buffer(is_shift, persistent=False)
        self.mix = nn.Linear(len(lookback.AGO) * width, width, bias=False)
        nn.init.zeros_(self.mix.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """As :meth:`BarPosition.forward`."""
        earlier = lookbacks(tokens, cursor, self.order[tokens], self.is_shift)
        return self.mix(embedding(earlier).flatten(2))


class ActiveNotes(nn.Module):
    """The active notes and their ages, as a vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear(2 * active_notes.NOTES, width, bias=False)
        nn.init.zeros_(self.mix.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """As :meth:`BarPosition.forward`."""
        return self.mix(active_notes_of(tokens, cursor))


FEATURES: dict[str, type[nn.Module]] = {
    "bar_position": BarPosition,
    "lookback": Lookback,
    "active_notes": ActiveNotes,
}


def bar_positions(tokens: Tensor, cursor: Tensor) -> tuple[Tensor, Tensor]:
    """The values of :class:`engine.music.features.bar_position.BarPosition` for whole windows.

    tokens: [B, T]. cursor: [B, T], the time of each in steps. Returns the row numbers ``since``
    and ``part``, two of [B, T].
    """
    is_bar = tokens == voc.BAR
    count = is_bar.cumsum(1)
    # The time of each window's BARs by number, from column BARS on; other tokens go to column 0.
    places = torch.where(is_bar, count + bar_position.BARS, 0)
    bars = F.pad(torch.zeros_like(cursor), (0, bar_position.BARS + 1)).scatter(1, places, cursor)
    last = [
        bars.gather(1, count + bar_position.BARS - back) for back in range(bar_position.BARS + 1)
    ]
    lengths = torch.stack([a - b for a, b in pairwise(last)])
    known = (count - 1).clamp(max=bar_position.BARS)
    unknown = torch.arange(bar_position.BARS, device=tokens.device)[:, None, None] >= known
    highest = torch.iinfo(lengths.dtype).max
    lengths = lengths.masked_fill(unknown, highest).sort(dim=0).values
    length = lengths.gather(0, (known // 2).clamp(min=0)[None])[0]
    since = cursor - last[0]
    part = (since * bar_position.PARTS + length // 2) // length.clamp(min=1)
    part = part.clamp(max=bar_position.MOST_PARTS)
    part = part.masked_fill((known < 1) | (length < 1), bar_position.UNKNOWN.part)
    since = since.clamp(max=bar_position.LONGEST).masked_fill(count < 1, bar_position.UNKNOWN.since)
    return since, part


def lookbacks(tokens: Tensor, cursor: Tensor, order: Tensor, is_shift: Tensor) -> Tensor:
    """The values of :class:`engine.music.features.lookback.Lookback` for whole windows.

    tokens, cursor: as for :func:`bar_positions`. order: [B, T], each token's order within its
    instant. is_shift: [V], which tokens are TIMESHIFTs. Returns [B, T, number of lookbacks].
    """
    places = (cursor * lookback.PLACES + order).cummax(1).values
    within = places - cursor * lookback.PLACES
    is_bar = tokens == voc.BAR
    count = is_bar.cumsum(1)
    # The time of each window's BARs by number, from column 1 on.
    bars = F.pad(torch.zeros_like(cursor), (0, 1)).scatter(1, torch.where(is_bar, count, 0), cursor)
    latest = tokens.shape[1] - 1
    earlier = []
    for ago in lookback.AGO:
        bar = bars.gather(1, (count - ago).clamp(min=0))
        then = bar + cursor - bars.gather(1, count)
        known = (count > ago) & (cursor - then > lookback.SLACK)
        after = torch.searchsorted(cursor, then).clamp(max=latest)
        late = cursor.gather(1, after)
        early = cursor.gather(1, (after - 1).clamp(min=0))
        instant = torch.where((after > 0) & (then - early < late - then), early, late)
        instant = torch.where((instant - then).abs() <= lookback.SLACK, instant, then)
        following = torch.searchsorted(places, instant * lookback.PLACES + within, right=True)
        following = following.clamp(max=latest)
        token = tokens.gather(1, following)
        steps = (cursor.gather(1, following) - instant).clamp(1, voc.MAX_SHIFT)
        token = torch.where(is_shift[token], voc.FIRST_SHIFT - 1 + steps, token)
        earlier.append(token.masked_fill(~known, voc.PAD))
    return torch.stack(earlier, dim=2)


def active_notes_of(tokens: Tensor, cursor: Tensor) -> Tensor:
    """The values of :class:`engine.music.features.active_notes.ActiveNotes` for whole windows.

    tokens, cursor: as for :func:`bar_positions`. Returns [B, T, 2 notes].
    """
    batch, length = tokens.shape
    note = tokens - voc.FIRST_NOTE
    is_note = (note >= 0) & (note < 2 * active_notes.NOTES)
    # For each note, at each ON and OFF: twice the time, plus one at an ON.
    event = torch.where(is_note, 2 * (cursor + 1) + note % 2, 0).int()
    note = torch.where(is_note, note // 2, 0)
    events = torch.zeros(batch, active_notes.NOTES, length, dtype=torch.int32, device=tokens.device)
    events = events.scatter(1, note[:, None], event[:, None]).cummax(2).values
    active = (events % 2).float()
    age = (1 + cursor[:, None] - (events // 2 - 1)).float().log2() / active_notes.SCALE
    return torch.cat([active, active * age], dim=1).transpose(1, 2)
