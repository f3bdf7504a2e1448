"""The pieces to measure: each is composed once and kept on disk.

They are planned, as those of users are, or composed in free time. The name of a piece's file
depends on its cue sheet, its plan, the weights, the sampling and the composing code. So an
interrupted evaluation continues, and a changed one composes anew. A change of the planner matters
only to pieces whose plan it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.composing.config import GenerationConfig
from engine.composing.loop import compose_all
from engine.composing.planned import planned_config
from engine.composing.sampling import Sampling
from engine.cues import CueSheet
from engine.evaluation.cache import cache_path
from engine.evaluation.fingerprint import code_hash
from engine.evaluation.request import Request
from engine.files import replacing
from engine.model.runtime import Network
from engine.music.events import decode, encode
from engine.parallel import Progress, spread
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Score

AT_ONCE = 8
"""How many pieces are composed together: the more, the fewer times the weights are read."""
COMPOSING_CODE = ("engine.composing.loop", "engine.composing.planned")
"""The modules that decide, with all that they import, what piece a cue sheet and a plan give."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A piece to compose. plan: None for free time."""

    cues: CueSheet
    config: GenerationConfig
    plan: Plan | None

    def asked(self) -> tuple[CueSheet, GenerationConfig]:
        """What the composing loop is asked for, in music time if there is a plan."""
        if self.plan is None:
            return self.cues, self.config
        return Timing(self.plan).music_cues(self.cues), planned_config(self.plan, self.config)

    def score(self, tokens: list[int]) -> Score:
        """The piece in film time; ``tokens`` are those of the composing loop."""
        if self.plan is None:
            return decode(tokens, self.cues.duration)
        timing = Timing(self.plan)
        return timing.film_score(decode(tokens, timing.music_time(self.cues.duration)))


@dataclass(frozen=True, slots=True)
class PieceCache:
    """Composes pieces, and keeps them in a folder.

    weights: the network's file. folder: made where needed. device, threads: as for
    :class:`Network`. workers: processes that compose; with 1, this process does. free: compose in
    free time, without plans.
    """

    weights: Path
    folder: Path
    sampling: Sampling = field(default_factory=Sampling)
    device: str = "auto"
    threads: int = 0
    workers: int = 1
    free: bool = False

    def compose(self, requests: Sequence[Request], progress: Progress | None = None) -> list[Score]:
        """The pieces in order; those that are not in the folder yet are composed.

        progress: called with the number of pieces that are there so far.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        show = progress or (lambda count: None)
        jobs = [self._job(request) for request in requests]
        missing = [job for job in jobs if not self._path(job).exists()]
        # Pieces of a batch should be of like length, so that few rows idle at its end.
        missing.sort(key=lambda job: job.cues.duration)
        there = len(jobs) - len(missing)
        show(there)
        batches = [(self, missing[i : i + AT_ONCE]) for i in range(0, len(missing), AT_ONCE)]
        spread(
            _compose_batch,
            batches,
            self.workers,
            lambda count: show(min(len(jobs), there + AT_ONCE * count)),
        )
        return [job.score(np.load(self._path(job)).tolist()) for job in jobs]

    @property
    def network(self) -> Network:
        """The network that composes."""
        return _network(self.weights, self.device, self.threads)

    def path(self, request: Request) -> Path:
        """The file of a piece."""
        return self._path(self._job(request))

    def _job(self, request: Request) -> _Job:
        plan = None if self.free else request.plan()
        return _Job(request.cues(), request.config(self.sampling), plan)

    def _path(self, job: _Job) -> Path:
        depends_on = job, self.network.card, _composing_code()
        return cache_path(self.folder, depends_on, ".npy")


def _compose_batch(batch: tuple[PieceCache, Sequence[_Job]]) -> None:
    cache, jobs = batch
    takes = compose_all([job.asked() for job in jobs], cache.network)
    for job, take in zip(jobs, takes, strict=True):
        with replacing(cache._path(job)) as beside:
            np.save(beside, encode(take.score))


@lru_cache(maxsize=1)
def _network(weights: Path, device: str, threads: int) -> Network:
    return Network(weights, device, threads)


@lru_cache(maxsize=1)
def _composing_code() -> str:
    return code_hash(*COMPOSING_CODE)
