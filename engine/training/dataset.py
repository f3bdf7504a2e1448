"""Training windows cut from the token cache.

Everything is drawn from (seed, step), so that a resumed run sees what an unbroken one would.
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

from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.music import conditions as cond
from engine.music import vocabulary as voc
from engine.music.offsets import training_offsets
from engine.training.augment.chord_shift import shift_chords
from engine.training.augment.time_warp import warp
from engine.training.corpus.token_cache import Cache

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100
"""Target of positions that carry no loss (PyTorch's ``ignore_index``)."""
SHORTER = 4
"""How many short windows are as long as one."""
_NO_RANK = 2**31
_TEMPO, _KEY, _DENSITY = (cond.ALL.index(name) for name in ("tempo", "key", "density"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How windows are drawn and altered; probabilities and sizes of the paper where it has them,
    but for ``chord_removal`` (0.2 there): it teaches boundaries that have no chord.

    start, bar: share of windows from START, and at a bar. chord: share of windows moved to hold
    a chord where the song has one, for chords are scarce. bend: share of chords that come early or
    late (:mod:`engine.training.augment.chord_shift`). chord_removal: share of CHORD tokens taken out.
    emotion_dropout: chance that valence, and arousal, is made unknown. control_dropout: chance
    that all other conditions are, and then again of each. many: how much more often songs of
    three or more families are drawn; rare: those in another metre than 4/4. transpose: the most
    semitones, either way. pace: by how much, as a share, a song is quicker or slower at most.
    short: share of steps of four times as many windows of a quarter of the length: where little
    music has been heard yet, it is the conditions that tell how to go on.
    """

    start: float = 0.05
    bar: float = 0.5
    chord: float = 0.6
    bend: float = 0.5
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

    tokens: [B, T] int64, the first the instrument slot. offsets: [B, T] float32 seconds.
    conditions: [B, C] float32. targets: [B, T] int64, ``IGNORED`` where nothing is asked.
    """

    tokens: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.float32]
    conditions: npt.NDArray[np.float32]
    targets: npt.NDArray[np.int64]

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
            # From pinned memory they travel while the GPU works.
            here = [array.pin_memory() for array in here]
        tokens, offsets, conditions, targets = (t.to(device, non_blocking=True) for t in here)
        return tokens, offsets, conditions, targets


class Windows:
    """Draws batches of windows for a network of this config."""

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
        """The batch of a step (and, under DDP, of a rank)."""
        config = self.config
        # The same for all ranks, so that none waits for another, and from a stream of its own.
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
        """The batches of steps ``first`` up to ``last`` (None: without end), drawn ahead.

        processes: how many draw, each a batch of its own; 0: a thread of this process.
        """
        # What has begun with CUDA must not be forked.
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
        quicker = np.log2(1 + recipe.pace) * rng.uniform(-1, 1)
        length = int(voc.STEPS[tokens].sum())
        tokens = warp(tokens, [0, length], [0, length * 2**-quicker])
        known[[_TEMPO, _DENSITY]] += quicker
        semitones = draw_transposition(tokens, recipe.transpose, rng)
        known[_KEY] = cond.transpose_key(float(known[_KEY]), semitones)
        known = drop_conditions(known, recipe, rng)
        free = "tempo" not in config.controls or bool(np.isnan(known[_TEMPO]))
        tokens = shift_chords(tokens, recipe.bend, free, rng)
        removed = (tokens == voc.CHORD) & (rng.random(len(tokens)) < recipe.chord_removal)
        first = choose_start(tokens, config.window, recipe, rng)
        tokens, offsets = training_offsets(transpose(tokens, semitones), removed)
        first -= int(removed[:first].sum())
        return window(
            tokens, offsets, first, known[self.columns], int(self.cache.families[song]), config
        )


_drawing = local()
"""What a drawing thread or process draws from, sent to it once."""


def _draw_from(windows: Windows) -> None:
    _drawing.windows = windows


def _drawn(step: int, size: int, rank: int) -> Batch:
    batch: Batch = _drawing.windows.batch(step, size, rank)
    return batch


def validation_batches(
    cache: Cache, config: ModelConfig, windows: int, size: int, known: tuple[str, ...]
) -> list[Batch]:
    """Fixed windows of split=val: unaltered, only the ``known`` conditions given."""
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
    tokens: npt.NDArray[np.uint16],
    offsets: npt.NDArray[np.float32],
    first: int,
    conditions: npt.NDArray[np.float32],
    families: int,
    config: ModelConfig,
) -> Batch:
    """One window [1, T] from token ``first`` on: the instrument slot, then the song.

    The first token is given, never guessed: composing begins from a primer.
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
    """Batches of one into one batch."""
    return Batch(
        np.concatenate([w.tokens for w in windows]),
        np.concatenate([w.offsets for w in windows]),
        np.concatenate([w.conditions for w in windows]),
        np.concatenate([w.targets for w in windows]),
    )


def choose_start(
    tokens: npt.NDArray[np.uint16], length: int, recipe: Recipe, rng: np.random.Generator
) -> int:
    """Where a window of ``length`` tokens begins: START, a bar, or anywhere; by a chord if told."""
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


def draw_transposition(tokens: npt.NDArray[np.uint16], most: int, rng: np.random.Generator) -> int:
    """Semitones to move a song by, such that every pitch stays in range."""
    pitches = voc.PITCH[tokens[_is_pitched(tokens)]]
    if not len(pitches):
        return 0
    lowest = max(-most, voc.LOWEST_PITCH - int(pitches.min()))
    highest = min(most, voc.HIGHEST_PITCH - int(pitches.max()))
    return int(rng.integers(lowest, highest + 1))


def transpose(tokens: npt.NDArray[np.uint16], semitones: int) -> npt.NDArray[np.uint16]:
    """The tokens with every note but the drums' moved."""
    return np.where(_is_pitched(tokens), tokens + np.int64(2 * semitones), tokens).astype(np.uint16)


_DRUMS = next(i for i, part in enumerate(voc.INSTRUMENTS) if part.value == "drums")


def _is_pitched(tokens: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
    instrument = voc.INSTRUMENT[tokens]
    return (instrument >= 0) & (instrument != _DRUMS)


def drop_conditions(
    known: npt.NDArray[np.float32], recipe: Recipe, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Make some of a song's conditions (all of ``conditions.ALL``) unknown."""
    emotion = np.array([name in cond.EMOTION for name in cond.ALL])
    drop = np.where(emotion, recipe.emotion_dropout, recipe.control_dropout)
    hidden = rng.random(len(known)) < drop
    if rng.random() < recipe.control_dropout:
        hidden |= ~emotion
    return np.where(hidden, np.nan, known).astype(np.float32)
