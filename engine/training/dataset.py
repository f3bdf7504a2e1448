"""Random training windows of the songs in a token cache.

All random numbers depend on seed, step and rank alone, so a resumed run sees the same windows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import get_context
from threading import local
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.arrays import Ints, Offsets, Tokens
from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.music import conditions as cond
from engine.music import vocabulary as voc
from engine.music.offsets import training_offsets
from engine.training.augment.chord_shift import shift_chords
from engine.training.augment.time_warp import time_warp
from engine.training.augment.transpose import draw_transposition, transpose
from engine.training.corpus.token_cache import Cache

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100
"""Target of positions that carry no loss (PyTorch's ``ignore_index``)."""
SHORTER = 4
"""The number of short windows that together are as long as one."""
_NO_RANK = 2**31
_TEMPO, _KEY, _DENSITY = (cond.ALL.index(name) for name in ("tempo", "key", "density"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How windows are drawn and altered.

    Probabilities and sizes are the paper's where it gives them. The exception is ``chord_removal``
    (0.2 there), because it teaches boundaries without a chord.

    start: share of windows that begin at START.
    bar: share of windows that begin at a bar.
    chord: share of windows moved to contain a chord, if the song has one. Chords are rare.
    chord_shift: share of chords moved early or late (:mod:`engine.training.augment.chord_shift`).
    chord_removal: share of CHORD tokens removed.
    emotion_dropout: probability that valence becomes unknown; the same for arousal.
    control_dropout: probability that all other conditions become unknown, and then for each again.
    many: weight of songs of three or more families.
    rare: weight of songs in another metre than 4/4.
    transpose: the largest transposition, in semitones up or down.
    pace: the largest change of a song's speed, as a share.
    short: share of steps with four times as many windows of a quarter of the length. With little
        music before it, a token depends more on the conditions.
    """

    start: float = 0.05
    bar: float = 0.5
    chord: float = 0.6
    chord_shift: float = 0.5
    chord_removal: float = 0.0
    emotion_dropout: float = 0.2
    control_dropout: float = 0.35
    many: float = 2.0
    rare: float = 3.0
    transpose: int = 3
    pace: float = 0.1
    short: float = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """B windows of T tokens.

    tokens: [B, T], the first the instrument slot. offsets: [B, T] in seconds. conditions: [B, C],
    NaN unknown. targets: [B, T] tokens; ``IGNORED`` at positions without loss.
    """

    tokens: Ints
    offsets: Offsets
    conditions: npt.NDArray[np.float32]
    targets: Ints

    def rows(self, rows: slice) -> Batch:
        """Some of the windows."""
        return Batch(
            self.tokens[rows], self.offsets[rows], self.conditions[rows], self.targets[rows]
        )

    def tensors(self, device: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The four arrays on a device."""
        import torch

        arrays = (self.tokens, self.offsets, self.conditions, self.targets)
        here = [torch.from_numpy(a) for a in arrays]
        if device.startswith("cuda"):
            # From pinned memory they are copied while the GPU computes.
            here = [array.pin_memory() for array in here]
        tokens, offsets, conditions, targets = (t.to(device, non_blocking=True) for t in here)
        return tokens, offsets, conditions, targets


class Windows:
    """Draws batches of windows for a network of this config.

    Raises EmsyncError if all songs of the cache are for validation.
    """

    def __init__(self, cache: Cache, config: ModelConfig, recipe: Recipe, seed: int = 0) -> None:
        self.cache, self.config, self.recipe, self.seed = cache, config, recipe, seed
        self.columns = [cond.ALL.index(name) for name in config.controls]
        weights = np.diff(cache.start).astype(np.float64)
        weights *= np.where(cache.families >= voc.MORE_FROM, recipe.many, 1)
        metre = cache.conditions[:, cond.ALL.index("metre")]
        rare = np.isfinite(metre) & (metre != cond.METRES.index("4/4"))
        weights *= np.where(rare, recipe.rare, 1)
        weights[cache.validation] = 0
        if not weights.any():
            raise EmsyncError("the cache has no song to train on: all are for validation")
        self.cumulative = np.cumsum(weights / weights.sum())

    def batch(self, step: int, size: int, rank: int = 0) -> Batch:
        """The batch of a step, and of a rank if several processes train together."""
        config = self.config
        # All ranks draw the same, so that none waits for another. The stream is one of its own.
        if np.random.default_rng((self.seed, step, _NO_RANK)).random() < self.recipe.short:
            size *= SHORTER
            config = replace(config, context=len(config.controls) + config.window // SHORTER)
        rng = np.random.default_rng((self.seed, step, rank))
        songs = np.searchsorted(self.cumulative, rng.random(size), "right")
        songs = np.minimum(songs, len(self.cache) - 1)
        return stack([self._window(int(song), config, rng) for song in songs])

    def batches(
        self, first: int, last: int | None, size: int, rank: int = 0, processes: int = 0
    ) -> Iterator[Batch]:
        """The batches of steps ``first`` to ``last`` - 1, drawn ahead; None is without end.

        processes: the number of processes that draw, a batch each; 0 for a thread of this one.
        """
        # A process that uses CUDA must not be forked.
        spawn = get_context("spawn")
        pool = (
            ProcessPoolExecutor(processes, spawn, _draw_from, (self,))
            if processes
            else ThreadPoolExecutor(1, initializer=_draw_from, initargs=(self,))
        )
        ahead: deque[Future[Batch]] = deque()
        try:
            for step in count(first) if last is None else range(first, last):
                ahead.append(pool.submit(_drawn, step, size, rank))
                if len(ahead) > max(1, 2 * processes):
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _window(self, song: int, config: ModelConfig, rng: np.random.Generator) -> Batch:
        recipe = self.recipe
        tokens, known = self.cache.song(song), self.cache.conditions[song].copy()
        faster = np.log2(1 + recipe.pace) * rng.uniform(-1, 1)
        length = int(voc.STEPS[tokens].sum())
        tokens = time_warp(tokens, [0, length], [0, length * 2**-faster])
        known[[_TEMPO, _DENSITY]] += faster  # both are logarithms to base 2
        semitones = draw_transposition(tokens, recipe.transpose, rng)
        known[_KEY] = cond.transpose_key(float(known[_KEY]), semitones)
        known = drop_conditions(known, recipe, rng)
        free = "tempo" not in config.controls or bool(np.isnan(known[_TEMPO]))
        tokens = shift_chords(tokens, recipe.chord_shift, free, rng)
        removed = (tokens == voc.CHORD) & (rng.random(len(tokens)) < recipe.chord_removal)
        first = choose_start(tokens, config.window, recipe, rng)
        tokens, offsets = training_offsets(transpose(tokens, semitones), removed)
        first -= int(removed[:first].sum())
        return window(
            tokens, offsets, first, known[self.columns], int(self.cache.families[song]), config
        )


_drawing = local()
"""The windows that this thread or process draws from, which it receives once."""


def _draw_from(windows: Windows) -> None:
    _drawing.windows = windows


def _drawn(step: int, size: int, rank: int) -> Batch:
    batch: Batch = _drawing.windows.batch(step, size, rank)
    return batch


def validation_batches(
    cache: Cache, config: ModelConfig, windows: int, size: int, known: tuple[str, ...]
) -> list[Batch]:
    """Fixed, unaltered windows of the validation songs, with the ``known`` conditions only.

    windows: how many in all. size: windows a batch. Raises EmsyncError if the cache has no
    validation song.
    """
    rng = np.random.default_rng(1)
    songs = np.flatnonzero(cache.validation)
    if not len(songs):
        raise EmsyncError("the cache has no song to validate on: give an index with split = val")
    lengths = np.diff(cache.start)[songs]
    drawn = rng.choice(songs, windows, p=lengths / lengths.sum())
    columns = [cond.ALL.index(name) for name in config.controls]
    hidden = [name not in known for name in config.controls]
    examples = []
    for song in drawn:
        tokens = cache.song(int(song))
        first = int(rng.integers(max(1, len(tokens) - config.window)))
        kept, offsets = training_offsets(tokens, np.zeros(len(tokens), bool))
        conditions = cache.conditions[song][columns]
        conditions[hidden] = np.nan
        families = int(cache.families[song])
        examples.append(window(kept, offsets, first, conditions, families, config))
    return [stack(examples[i : i + size]) for i in range(0, windows, size)]


def window(
    tokens: Tokens,
    offsets: Offsets,
    first: int,
    conditions: npt.NDArray[np.float32],
    families: int,
    config: ModelConfig,
) -> Batch:
    """One window [1, T] from token ``first`` on: the instrument slot, then the song.

    The song's first token is no target, because composing begins from a primer.
    """
    length = config.window
    piece = tokens[first : first + length].astype(np.int64)
    inputs = np.full(length, voc.PAD, np.int64)
    inputs[0] = voc.instrument_slot(families)
    inputs[1 : len(piece)] = piece[:-1]
    times = np.zeros(length, np.float32)
    times[0] = offsets[first]
    times[1 : len(piece)] = offsets[first : first + len(piece) - 1]
    targets = np.full(length, IGNORED, np.int64)
    targets[1 : len(piece)] = piece[1:]
    return Batch(inputs[None], times[None], conditions[None], targets[None])


def stack(windows: list[Batch]) -> Batch:
    """One batch of all windows."""
    return Batch(
        np.concatenate([w.tokens for w in windows]),
        np.concatenate([w.offsets for w in windows]),
        np.concatenate([w.conditions for w in windows]),
        np.concatenate([w.targets for w in windows]),
    )


def choose_start(tokens: Tokens, length: int, recipe: Recipe, rng: np.random.Generator) -> int:
    """The first token of a window of ``length`` tokens: START, a bar, or any other.

    With probability ``recipe.chord``, the window contains a chord.
    """
    draw = rng.random()
    latest = max(0, len(tokens) - length // 2)
    if draw < recipe.start or latest == 0:
        return 0
    lowest, highest = 0, latest
    chords = np.flatnonzero(tokens == voc.CHORD)
    if len(chords) and rng.random() < recipe.chord:
        chord = int(rng.choice(chords))
        lowest, highest = max(0, chord - length + 1), min(latest, max(0, chord - 1))
    start = int(rng.integers(lowest, max(lowest, highest) + 1))
    if draw < recipe.start + recipe.bar:
        bars = np.flatnonzero(tokens[lowest : start + 1] == voc.BAR)
        if len(bars):
            return lowest + int(bars[-1])
    return start


def drop_conditions(
    known: npt.NDArray[np.float32], recipe: Recipe, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """A song's conditions [len(``conditions.ALL``)] with some made unknown at random."""
    emotion = np.array([name in cond.EMOTION for name in cond.ALL])
    drop = np.where(emotion, recipe.emotion_dropout, recipe.control_dropout)
    hidden = rng.random(len(known)) < drop
    if rng.random() < recipe.control_dropout:
        hidden |= ~emotion
    return np.where(hidden, np.nan, known).astype(np.float32)
