"""The evaluation of a network: every part of the report, in one call.

Each part draws from its own generator, so that leaving one out changes no other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.errors import EmsyncError
from engine.evaluation import boundaries, controls, emotion_judge, likelihood, references
from engine.evaluation.cache import Arrays, code, keep
from engine.evaluation.emotion_judge import Clips, Songs
from engine.evaluation.pieces import PieceCache
from engine.evaluation.targets import targets
from engine.metrics import faults, features, musicality, note_arrays
from engine.metrics.statistics import Json, finite
from engine.music import events, key
from engine.training.corpus import labels, songs
from engine.training.corpus.token_cache import Cache

MINUTE = 60.0

Bar = Callable[[str, float, str], AbstractContextManager[Callable[[float], None]]]
"""Shows a title, a total and a unit; inside, it is told how far things are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure.

    windows: of split=val for the likelihood. boundaries: at least so many are asked for. seeds:
    pieces at each point of the emotion grid. songs: excerpts of split=val at most. controls:
    pieces for each pair of controls. seed: of everything drawn.
    """

    windows: int = 100
    boundaries: int = 1000
    seeds: int = 4
    songs: int = 400
    controls: int = 60
    seed: int = 0

    def __post_init__(self) -> None:
        if self.boundaries < 1:
            raise EmsyncError(f"boundaries {self.boundaries}: ask for at least 1")


QUICK = Plan(windows=12, boundaries=40, seeds=1, songs=60, controls=8)
"""A look, not a figure to quote."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to measure with.

    cache: the token cache. index: the corpus index, for the judge; None leaves emotion out.
    emopia: the archive and the table of EMOPIA; None leaves the check of the judge out.
    """

    cache: Path
    index: Path | None = None
    emopia: tuple[Path, Path] | None = None

    def __post_init__(self) -> None:
        """What is missing is better known now than after hours of composing."""
        for path in (self.index, *(self.emopia or ())):
            if path is not None and not path.is_file():
                raise EmsyncError(f"{path}: no such file; give its place or leave it out")


def evaluate(sources: Sources, pieces: PieceCache, plan: Plan, bar: Bar) -> Json:
    """The whole report, fit for JSON, with what was left out and why under ``left_out``."""
    cache = Cache.open(sources.cache)
    card = pieces.network.card
    report: Json = {
        "model": asdict(card),
        "plan": asdict(plan),
        "sampling": asdict(pieces.sampling),
        "left_out": {},
    }
    if cache.validation.any():
        report["likelihood"] = _likelihood(cache, pieces, plan, bar)
    else:
        report["left_out"]["likelihood"] = "the cache has no songs of split=val"
    report |= _music(cache, pieces, plan, bar)
    if report["musicality"] is None:
        report["left_out"]["musicality"] = (
            "the cache has no songs of a minute and three families in split=val or none to train on"
        )
    if sources.index is None:
        report["left_out"]["emotion"] = "no corpus index was given"
    else:
        report["emotion"] = _emotion(cache, sources, pieces, plan, bar)
        if sources.emopia is None:
            report["left_out"]["emopia"] = "its archive and table were not given"
    return finite({**report, "targets": targets(report)})


def _likelihood(cache: Cache, pieces: PieceCache, plan: Plan, bar: Bar) -> Json:
    total = plan.windows * len(likelihood.cases(pieces.network.config))
    with bar("Reading songs", total, "windows") as show:
        return likelihood.evaluate(pieces.network, cache, plan.windows, _rng(plan, 0), show)


def _music(cache: Cache, pieces: PieceCache, plan: Plan, bar: Bar) -> Json:
    """Boundaries, musicality, faults and controls: all that needs no labels."""
    asked = boundaries.requests(plan.boundaries, _rng(plan, 1))
    ordered_requests = controls.requests(
        plan.controls, pieces.network.config.controls, _rng(plan, 2)
    )
    with bar("Composing for boundaries", len(asked), "pieces") as show:
        scores = pieces.record(asked, show)
    with bar("Composing to order", len(ordered_requests), "pieces") as show:
        ordered = pieces.record(ordered_requests, show)
    minutes = [s for a, s in zip(asked, scores, strict=True) if a.duration == MINUTE]
    rng = _rng(plan, 3)
    validation = references.excerpts(cache, MINUTE, plan.songs, True, rng)
    training = references.excerpts(cache, MINUTE, len(minutes), False, rng)
    half_minutes = references.excerpts(cache, controls.DURATION, plan.controls, True, rng)
    pairs = [
        (request.conditions, score)
        for request, score in zip(ordered_requests, ordered, strict=True)
    ]
    return {
        "boundaries": boundaries.evaluate(asked, scores, _rng(plan, 4)),
        "musicality": musicality.evaluate(
            musicality.table(minutes),
            musicality.table([score for _, score in validation]),
            musicality.table([score for _, score in training]),
            _rng(plan, 5),
        )
        if validation and training
        else None,
        "faults": faults.evaluate(minutes, [score for _, score in validation]),
        "controls": controls.evaluate(pairs, half_minutes, _rng(plan, 6)),
    }


def _emotion(cache: Cache, sources: Sources, pieces: PieceCache, plan: Plan, bar: Bar) -> Json:
    asked = emotion_judge.requests(1000 * plan.seed + n for n in range(plan.seeds))
    with bar("Composing for emotion", len(asked), "pieces") as show:
        scores = pieces.record(asked, show)
    rng = _rng(plan, 7)
    judges, trust = emotion_judge.appoint(*_judge_hears(cache, sources, pieces, bar), rng)
    return {"judge": trust, **emotion_judge.evaluate(asked, scores, judges, rng)}


def _judge_hears(
    cache: Cache, sources: Sources, pieces: PieceCache, bar: Bar
) -> tuple[Songs, Clips | None]:
    """The features of the judge's songs and of EMOPIA, kept beside the pieces."""
    assert sources.index is not None
    index = sources.index
    hears = code(references, features, note_arrays, musicality, events, key, labels, songs)

    def hear_songs() -> Arrays:
        table = references.read_table(index, "split_group", *labels.VALENCE, *labels.AROUSAL)
        with bar("Hearing songs", 100, "%") as show:
            return asdict(
                references.labelled(cache, table, pieces.workers, lambda share: show(100 * share))
            )

    size = len(cache.tokens), index.stat().st_size
    found = Songs(**keep(pieces.folder, ("songs", size, hears), hear_songs))
    if sources.emopia is None:
        return found, None
    archive, table = sources.emopia

    def hear_clips() -> Arrays:
        with bar("Hearing EMOPIA", 100, "%") as show:
            return asdict(
                references.read_clips(
                    archive, table, pieces.workers, lambda share: show(100 * share)
                )
            )

    return found, Clips(
        **keep(
            pieces.folder,
            ("clips", archive.stat().st_size, table.stat().st_size, hears),
            hear_clips,
        )
    )


def _rng(plan: Plan, part: int) -> np.random.Generator:
    return np.random.default_rng((plan.seed, part))
