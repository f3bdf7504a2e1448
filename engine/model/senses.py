"""What the network is told of every token that follows from those before it, in PyTorch.

The twins of :mod:`engine.music.senses` for whole windows, and what is learnt about each. All begin
as zeros. Shapes: B batch, T tokens, D width.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.music import vocabulary as voc
from engine.music.senses import clock, echo, sounding
from engine.music.vocabulary import Kind


class Clock(nn.Module):
    """Where in its bar every token stands."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.since, self.part = (nn.Embedding(rows, width) for rows in clock.ROWS)
        nn.init.zeros_(self.since.weight)
        nn.init.zeros_(self.part.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """tokens: [B, T]. cursor: [B, T], the steps at which they stand -> [B, T, D]."""
        since, part = moments(tokens, cursor)
        return self.since(since) + self.part(part)


class Echo(nn.Module):
    """What followed at this place of bars ago: its embeddings, mixed."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.order = nn.Buffer(torch.from_numpy(echo.ORDER.copy()), persistent=False)
        is_shift = torch.from_numpy(voc.KIND == Kind.TIMESHIFT)
        self.is_shift = nn.Buffer(is_shift, persistent=False)
        self.mix = nn.Linear(len(echo.AGO) * width, width, bias=False)
        nn.init.zeros_(self.mix.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """As :meth:`Clock.forward`."""
        heard = echoes(tokens, cursor, self.order[tokens], self.is_shift)
        return self.mix(embedding(heard).flatten(2))


class Sounding(nn.Module):
    """The notes that sound, and their ages."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear(2 * sounding.NOTES, width, bias=False)
        nn.init.zeros_(self.mix.weight)

    def forward(self, tokens: Tensor, cursor: Tensor, embedding: nn.Embedding) -> Tensor:
        """As :meth:`Clock.forward`."""
        return self.mix(notes_sounding(tokens, cursor))


SENSES: dict[str, type[nn.Module]] = {"clock": Clock, "echo": Echo, "sounding": Sounding}


def moments(tokens: Tensor, cursor: Tensor) -> tuple[Tensor, Tensor]:
    """What :class:`engine.music.senses.clock.BarClock` tells of each token, all at once.

    tokens: [B, T]. cursor: [B, T], the steps at which they stand. Returns the row numbers
    ``since`` and ``part``, two of [B, T].
    """
    is_bar = tokens == voc.BAR
    count = is_bar.cumsum(1)
    # Each row's BARs by number, from place BARS on; what is no BAR goes to the first place.
    places = torch.where(is_bar, count + clock.BARS, 0)
    bars = F.pad(torch.zeros_like(cursor), (0, clock.BARS + 1)).scatter(1, places, cursor)
    last = [bars.gather(1, count + clock.BARS - back) for back in range(clock.BARS + 1)]
    lengths = torch.stack([a - b for a, b in pairwise(last)])
    known = (count - 1).clamp(max=clock.BARS)
    unknown = torch.arange(clock.BARS, device=tokens.device)[:, None, None] >= known
    highest = torch.iinfo(lengths.dtype).max
    lengths = lengths.masked_fill(unknown, highest).sort(dim=0).values
    length = lengths.gather(0, (known // 2).clamp(min=0)[None])[0]
    since = cursor - last[0]
    part = (since * clock.PARTS + length // 2) // length.clamp(min=1)
    part = part.clamp(max=clock.MOST_PARTS)
    part = part.masked_fill((known < 1) | (length < 1), clock.UNKNOWN.part)
    since = since.clamp(max=clock.LONGEST).masked_fill(count < 1, clock.UNKNOWN.since)
    return since, part


def echoes(tokens: Tensor, cursor: Tensor, order: Tensor, is_shift: Tensor) -> Tensor:
    """What :class:`engine.music.senses.echo.Echo` tells of each token: [B, T, bars ago].

    tokens, cursor: as for :func:`moments`. order: [B, T], each token's within its instant.
    is_shift: [V], which tokens are TIMESHIFTs.
    """
    places = (cursor * echo.PLACES + order).cummax(1).values
    within = places - cursor * echo.PLACES
    is_bar = tokens == voc.BAR
    count = is_bar.cumsum(1)
    # BARs by number, from 1 on.
    bars = F.pad(torch.zeros_like(cursor), (0, 1)).scatter(1, torch.where(is_bar, count, 0), cursor)
    latest = tokens.shape[1] - 1
    told = []
    for ago in echo.AGO:
        bar = bars.gather(1, (count - ago).clamp(min=0))
        then = bar + cursor - bars.gather(1, count)
        known = (count > ago) & (cursor - then > echo.SLACK)
        after = torch.searchsorted(cursor, then).clamp(max=latest)
        late = cursor.gather(1, after)
        early = cursor.gather(1, (after - 1).clamp(min=0))
        instant = torch.where((after > 0) & (then - early < late - then), early, late)
        instant = torch.where((instant - then).abs() <= echo.SLACK, instant, then)
        following = torch.searchsorted(places, instant * echo.PLACES + within, right=True)
        following = following.clamp(max=latest)
        token = tokens.gather(1, following)
        steps = (cursor.gather(1, following) - instant).clamp(1, voc.MAX_SHIFT)
        token = torch.where(is_shift[token], voc.FIRST_SHIFT - 1 + steps, token)
        told.append(token.masked_fill(~known, voc.PAD))
    return torch.stack(told, dim=2)


def notes_sounding(tokens: Tensor, cursor: Tensor) -> Tensor:
    """What :class:`engine.music.senses.sounding.Sounding` tells of each token: [B, T, 2 notes].

    tokens, cursor: as for :func:`moments`.
    """
    batch, length = tokens.shape
    note = tokens - voc.FIRST_NOTE
    is_note = (note >= 0) & (note < 2 * sounding.NOTES)
    # Of each note, at each ON and OFF: twice the step, odd at an ON.
    event = torch.where(is_note, 2 * (cursor + 1) + note % 2, 0).int()
    note = torch.where(is_note, note // 2, 0)
    events = torch.zeros(batch, sounding.NOTES, length, dtype=torch.int32, device=tokens.device)
    events = events.scatter(1, note[:, None], event[:, None]).cummax(2).values
    sounds = (events % 2).float()
    age = (1 + cursor[:, None] - (events // 2 - 1)).float().log2() / sounding.SCALE
    return torch.cat([sounds, sounds * age], dim=1).transpose(1, 2)
