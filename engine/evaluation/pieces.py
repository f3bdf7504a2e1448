"""The pieces to measure: each is composed once and kept on disk.

They are planned, as those of users are, or composed in free time. Of several takes the best is
kept. The name of a piece's file depends on its cue sheet, its plan, the weights, the sampling and
the composing code. So an interrupted evaluation continues, and a changed one composes anew. A
change of the planner matters only to pieces whose plan it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.loop import compose_all
from engine.composing.planned import planned_asked, planned_config
from engine.composing.sampling import Sampling
from engine.composing.takes import free_asked, rating_of
from engine.cues import CueSheet
from engine.evaluation.cache import cache_path
from engine.evaluation.code_hash import code_hash
from engine.evaluation.request import Request
from engine.files import replacing
from engine.model.runtime import Network
from engine.music.events import decode, encode
from engine.parallel import Progress, spread
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Score

AT_ONCE = 8
"""How many takes are composed together: the more, the fewer times the weights are read."""
COMPOSING_CODE = ("engine.composing.loop", "engine.composing.planned")
"""The modules that decide, with all that they import, what piece a cue sheet and a plan give."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A piece to compose. plan: None for free time. takes: of which the best is kept."""

    cues: CueSheet
    config: GenerationConfig
    plan: Plan | None
    takes: int

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

    def best(self, takes: Sequence[Take]) -> list[int]:
        """The tokens of the best take, as a user gets it."""
        asked = (
            free_asked(self.cues, self.config)
            if self.plan is None
            else planned_asked(self.plan, self.cues)
        )
        tokens = [encode(take.score).tolist() for take in takes]
        rated = [
            rating_of(replace(take, score=self.score(some)), asked, self.config.fingerprint).total
            for take, some in zip(takes, tokens, strict=True)
        ]
        return tokens[rated.index(max(rated))]


@dataclass(frozen=True, slots=True)
class PieceCache:
    """Composes pieces, and keeps them in a folder.

    weights: the network's file. folder: made where needed. device, threads: as for
    :class:`Network`. workers: processes that compose; with 1, this process does. free: compose in
    free time, without plans. takes: composed for each piece; the best is kept.
    """

    weights: Path
    folder: Path
    sampling: Sampling = field(default_factory=Sampling)
    device: str = "auto"
    threads: int = 0
    workers: int = 1
    free: bool = False
    takes: int = 1

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
        size = max(1, AT_ONCE // self.takes)
        batches = [(self, missing[i : i + size]) for i in range(0, len(missing), size)]
        spread(
            _compose_batch,
            batches,
            self.workers,
            lambda count: show(min(len(jobs), there + size * count)),
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
        return _Job(request.cues(), request.config(self.sampling), plan, self.takes)

    def _path(self, job: _Job) -> Path:
        depends_on = job, self.network.card, _composing_code()
        return cache_path(self.folder, depends_on, ".npy")


def _compose_batch(batch: tuple[PieceCache, Sequence[_Job]]) -> None:
    cache, jobs = batch
    asked = [
        (cues, replace(config, take=take))
        for cues, config in (job.asked() for job in jobs)
        for take in range(cache.takes)
    ]
    takes = compose_all(asked, cache.network)
    for number, job in enumerate(jobs):
        tokens = job.best(takes[number * cache.takes : (number + 1) * cache.takes])
        with replacing(cache._path(job)) as beside:
            np.save(beside, np.array(tokens, np.uint16))


@lru_cache(maxsize=1)
def _network(weights: Path, device: str, threads: int) -> Network:
    return Network(weights, device, threads)


@lru_cache(maxsize=1)
def _composing_code() -> str:
    return code_hash(*COMPOSING_CODE)
