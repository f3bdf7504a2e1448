"""What the network still sees of a piece.

The network's window is finite. When it is full the oldest half is forgotten, up to a BAR. The rest
moves up or, where the network can't move it, is read anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Logits, Offsets
from engine.composing.state import Key
from engine.model.decoder import Decoder
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind

Prompt = tuple[np.ndarray, Offsets, np.ndarray]
"""Tokens [n], offsets [n] in seconds, and conditions [C]: what the decoder reads."""


def to_forget(tokens: Sequence[int]) -> int:
    """How many of a full window's tokens to forget: half, up to a BAR where one is near."""
    half, most = len(tokens) // 2, len(tokens) * 3 // 4
    return next((i for i in range(half, most) if tokens[i] == voc.BAR), half)


class Window:
    """The last tokens of a piece with their boundary offsets.

    size: the most tokens that the network sees. head: the token before them, which says whether
    few or many instruments play.
    """

    def __init__(self, size: int, head: int) -> None:
        self._size, self._head = size, head
        self._onsets: dict[Key, int] = {}
        """Active notes -> where in ``tokens`` their ON stands."""
        self.tokens: list[int] = []
        self.offsets: list[float] = []
        self.dropped = 0
        """How many tokens have been forgotten since the decoder last stepped."""
        self.changed = False
        """Whether conditions have changed, which the decoder must read anew."""
        self.stale = False
        """Whether the decoder must read the window anew."""

    def push(self, token: int, offset: float) -> None:
        """Append a token with its boundary offset in seconds."""
        self.tokens.append(token)
        self.offsets.append(offset)
        kind, _, instrument, pitch = voc.TOKENS[token]
        if kind is Kind.ON:
            self._onsets[instrument, pitch] = len(self.tokens) - 1
        elif kind is Kind.OFF:
            self._onsets.pop((instrument, pitch), None)

    @property
    def full(self) -> bool:
        """Whether tokens must be forgotten before the next step."""
        # A place stays free, so that a row just read can stand by while the others step.
        return len(self.tokens) >= self._size - 1

    def forget_half(self) -> list[Key]:
        """Forget the oldest half; returns the active notes whose ON is forgotten."""
        return self._forget(to_forget(self.tokens))

    def shorten(self, size: int | None) -> list[Key]:
        """Leave the last ``size`` tokens or fewer, from a BAR on where there is one; None: all.

        Returns as ``forget_half``.
        """
        excess = 0 if size is None else len(self.tokens) - size
        if excess <= 0:
            return []
        bars = (i for i in range(excess, len(self.tokens) - 1) if self.tokens[i] == voc.BAR)
        return self._forget(next(bars, excess))

    def _forget(self, first: int) -> list[Key]:
        """Forget the tokens before this one."""
        forgotten = [key for key, place in self._onsets.items() if place < first]
        self._onsets = {key: place - first for key, place in self._onsets.items() if place >= first}
        del self.tokens[:first]
        del self.offsets[:first]
        self.dropped = first
        return forgotten

    def slide(self, decoder: Decoder, row: int, conditions: np.ndarray) -> None:
        """Have a row of the decoder forget what was forgotten, or mark the window as stale.

        conditions: [C], what the row is conditioned on from now on.
        """
        if decoder.slides and not self.stale:
            decoder.slide(self.dropped, *self._prompt(0, conditions), row)
        else:
            self.stale = True

    def read(self, decoder: Decoder, row: int, conditions: np.ndarray) -> Logits:
        """Have a row of the decoder read the whole window; returns the last logits [V]."""
        return decoder.prefill(*self._prompt(len(self.tokens), conditions), row)[-1]

    def _prompt(self, length: int, conditions: np.ndarray) -> Prompt:
        """The head and the first ``length`` tokens, under these conditions."""
        tokens = np.array([self._head, *self.tokens[:length]], np.int64)
        offsets = np.array([self.offsets[0], *self.offsets[:length]], np.float32)
        return tokens, offsets, conditions
