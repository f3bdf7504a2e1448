"""What the network is told of every token that follows from those before it, in PyTorch.

The twins of :mod:`engine.music.features` for whole windows, and what is learnt about each. All begin
as zeros. Shapes: B batch, T tokens, D width.
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
    """Where in its bar every token stands."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.since, self.part = (nn.Embedding(rows, width) for rows in bar_position.ROWS)
        nn.init.zeros_(self.since.weight)
        nn.init.zeros_(self.part.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """tokens: [B, T]. cursor: [B, T], the steps at which they stand -> [B, T, D]."""
        since, part = bar_positions(tokens, cursor)
        return self.since(since) + self.part(part)


class Lookback(nn.Module):
    """What followed at this place of bars ago: its embeddings, mixed."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.order = nn.Buffer(torch.from_numpy(lookback.ORDER.copy()), persistent=False)
        is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
        self.is_shift = nn.Buffer(is_shift, persistent=False)
        self.mix = nn.Linear(len(lookback.AGO) * width, width, bias=False)
        nn.init.zeros_(self.mix.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """As :meth:`BarPosition.forward`."""
        heard = lookbacks(tokens, cursor, self.order[tokens], self.is_shift)
        return self.mix(embedding(heard).flatten(2))


class ActiveNotes(nn.Module):
    """The notes that sound, and their ages."""

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
    """What :class:`engine.music.features.bar_position.BarPosition` tells of each token, all at once.

    tokens: [B, T]. cursor: [B, T], the steps at which they stand. Returns the row numbers
    ``since`` and ``part``, two of [B, T].
    """
    is_bar = tokens == voc.BAR
    count = is_bar.cumsum(1)
    # Each row's BARs by number, from place BARS on; what is no BAR goes to the first place.
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
    """What :class:`engine.music.features.lookback.Lookback` tells of each token: [B, T, bars ago].

    tokens, cursor: as for :func:`bar_positions`. order: [B, T], each token's within its instant.
    is_shift: [V], which tokens are TIMESHIFTs.
    """
    places = (cursor * lookback.PLACES + order).cummax(1).values
    within = places - cursor * lookback.PLACES
    is_bar = tokens == voc.BAR
    count = is_bar.cumsum(1)
    # BARs by number, from 1 on.
    bars = F.pad(torch.zeros_like(cursor), (0, 1)).scatter(1, torch.where(is_bar, count, 0), cursor)
    latest = tokens.shape[1] - 1
    told = []
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
        told.append(token.masked_fill(~known, voc.PAD))
    return torch.stack(told, dim=2)


def active_notes_of(tokens: Tensor, cursor: Tensor) -> Tensor:
    """What :class:`engine.music.features.active_notes.ActiveNotes` tells of each token: [B, T, 2 notes].

    tokens, cursor: as for :func:`bar_positions`.
    """
    batch, length = tokens.shape
    note = tokens - voc.FIRST_NOTE
    is_note = (note >= 0) & (note < 2 * active_notes.NOTES)
    # Of each note, at each ON and OFF: twice the step, odd at an ON.
    event = torch.where(is_note, 2 * (cursor + 1) + note % 2, 0).int()
    note = torch.where(is_note, note // 2, 0)
    events = torch.zeros(batch, active_notes.NOTES, length, dtype=torch.int32, device=tokens.device)
    events = events.scatter(1, note[:, None], event[:, None]).cummax(2).values
    sounds = (events % 2).float()
    age = (1 + cursor[:, None] - (events // 2 - 1)).float().log2() / active_notes.SCALE
    return torch.cat([sounds, sounds * age], dim=1).transpose(1, 2)
