"""The pieces to measure: each is composed once and kept on disk.

The name of a piece's file depends on the request, the weights, the sampling and the composing code.
So an interrupted evaluation continues, and a changed one composes anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.composing.loop import compose_all
from engine.composing.sampling import Sampling
from engine.evaluation.cache import cache_path
from engine.evaluation.fingerprint import code_hash
from engine.evaluation.request import Request
from engine.files import replacing
from engine.model.runtime import Network
from engine.music.events import decode, encode
from engine.parallel import Progress, spread
from engine.score import Score

AT_ONCE = 8
"""How many pieces are composed together: the more, the fewer times the weights are read."""
COMPOSING_CODE = ("engine.composing.loop", "engine.evaluation.request")
"""The modules that decide, with all that they import, what piece a request gives."""


@dataclass(frozen=True, slots=True)
class PieceCache:
    """Composes pieces, and keeps them in a folder.

    weights: the network's file. folder: made where needed. device, threads: as for
    :class:`Network`. workers: processes that compose; with 1, this process does.
    """

    weights: Path
    folder: Path
    sampling: Sampling = field(default_factory=Sampling)
    device: str = "auto"
    threads: int = 0
    workers: int = 1

    def compose(self, requests: Sequence[Request], progress: Progress | None = None) -> list[Score]:
        """The pieces in order; those that are not in the folder yet are composed.

        progress: called with the number of pieces that are there so far.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        show = progress or (lambda count: None)
        missing = [request for request in requests if not self.path(request).exists()]
        # Pieces of a batch should be of like length, so that few rows idle at its end.
        missing.sort(key=lambda request: request.duration)
        there = len(requests) - len(missing)
        show(there)
        jobs = [(self, missing[i : i + AT_ONCE]) for i in range(0, len(missing), AT_ONCE)]
        spread(
            _compose_batch,
            jobs,
            self.workers,
            lambda count: show(min(len(requests), there + AT_ONCE * count)),
        )
        return [self._read(request) for request in requests]

    @property
    def network(self) -> Network:
        """The network that composes."""
        return _network(self.weights, self.device, self.threads)

    def path(self, request: Request) -> Path:
        """The file of a piece."""
        depends_on = request, self.network.card, self.sampling, _composing_code()
        return cache_path(self.folder, depends_on, ".npy")

    def _read(self, request: Request) -> Score:
        return decode(np.load(self.path(request)).tolist(), request.duration)


def _compose_batch(job: tuple[PieceCache, Sequence[Request]]) -> None:
    cache, requests = job
    asked = [(request.cues(), request.config(cache.sampling)) for request in requests]
    for request, take in zip(requests, compose_all(asked, cache.network), strict=True):
        with replacing(cache.path(request)) as beside:
            np.save(beside, encode(take.score))


@lru_cache(maxsize=1)
def _network(weights: Path, device: str, threads: int) -> Network:
    return Network(weights, device, threads)


@lru_cache(maxsize=1)
def _composing_code() -> str:
    return code_hash(*COMPOSING_CODE)
