"""Pieces to measure: composed once, kept on disk, by as many processes as wanted.

A piece is kept under all that it hangs on (what was asked, the weights, the sampling and the code
that composes), so that an interrupted evaluation goes on and a changed one starts anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np

from engine import music
from engine.composing.loop import compose_all
from engine.composing.sampling import Sampling
from engine.composing.config import GenerationConfig
from engine.cues import CueSheet, Section, Video
from engine.evaluation.cache import code, place
from engine.files import replacing
from engine.model import rotary, runtime
from engine.model.runtime import Network
from engine.music.conditions import UNKNOWN, Conditions
from engine.music.events import decode, encode
from engine.parallel import spread
from engine.score import Score

Progress = Callable[[float], None]

AT_ONCE = 8
"""So many pieces are composed together: the more, the fewer times the weights are read."""


@dataclass(frozen=True, slots=True)
class Request:
    """A piece to compose, for all five instruments.

    duration, boundaries: seconds. valence, arousal: -1..1, NaN unknown, one for the whole piece.
    conditions: other conditions. The same seed gives the same piece.
    """

    duration: float
    seed: int
    valence: float = UNKNOWN
    arousal: float = UNKNOWN
    boundaries: tuple[float, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)

    def cues(self) -> CueSheet:
        """As the cue sheet of a film without a picture."""
        film = Video("", self.duration, 1.0, 1, 1)
        section = Section(0.0, self.duration, {}, self.valence, self.arousal, "evaluation")
        return CueSheet(film, 0.0, self.duration, (), self.boundaries, (section,))


@dataclass(frozen=True, slots=True)
class PieceCache:
    """Where pieces are composed and kept.

    weights: the network's. folder: where pieces are kept; made where needed. device and
    threads: as :class:`Network` has them. workers: processes; with 1 composing happens here.
    """

    weights: Path
    folder: Path
    sampling: Sampling = field(default_factory=Sampling)
    device: str = "auto"
    threads: int = 0
    workers: int = 1

    def record(self, requests: Sequence[Request], progress: Progress | None = None) -> list[Score]:
        """The pieces, in order; those that are not kept yet are composed.

        progress: is told how many pieces there are so far.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        told = progress or (lambda count: None)
        missing = [request for request in requests if not self.path(request).exists()]
        # Pieces of like length, so that few rows of a batch stand still.
        missing.sort(key=lambda request: request.duration)
        there = len(requests) - len(missing)
        told(there)
        jobs = [(self, missing[i : i + AT_ONCE]) for i in range(0, len(missing), AT_ONCE)]
        spread(
            _perform,
            jobs,
            self.workers,
            lambda count: told(min(len(requests), there + AT_ONCE * count)),
        )
        return [self._read(request) for request in requests]

    @property
    def network(self) -> Network:
        """The network that plays here."""
        return _network(self.weights, self.device, self.threads)

    def path(self, request: Request) -> Path:
        """Where a piece is kept."""
        hangs_on = request, self.network.card, self.sampling, _composing_code()
        return place(self.folder, hangs_on, ".npy")

    def _read(self, request: Request) -> Score:
        return decode(np.load(self.path(request)).tolist(), request.duration)


def _perform(job: tuple[PieceCache, Sequence[Request]]) -> None:
    cache, requests = job
    asked = [
        (
            request.cues(),
            GenerationConfig(request.seed, sampling=cache.sampling, conditions=request.conditions),
        )
        for request in requests
    ]
    for request, take in zip(requests, compose_all(asked, cache.network), strict=True):
        with replacing(cache.path(request)) as beside:
            np.save(beside, encode(take.score))


@lru_cache(maxsize=1)
def _network(weights: Path, device: str, threads: int) -> Network:
    return Network(weights, device, threads)


@lru_cache(maxsize=1)
def _composing_code() -> str:
    """The source of whatever a piece may hang on, beside its request and the weights."""
    modules = walk_packages(music.__path__, f"{music.__name__}.")
    return code(*(import_module(module.name) for module in modules), runtime, rotary)
