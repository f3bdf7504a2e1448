"""The evaluation of a network: every part of the report, in one call.

Each part draws from a generator of its own, so that leaving one out changes no other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.errors import EmsyncError
from engine.evaluation import boundaries, controls, emotion_judge, likelihood, references
from engine.evaluation.cache import Arrays, load_or_make
from engine.evaluation.fingerprint import code_hash
from engine.evaluation.pieces import PieceCache
from engine.evaluation.references import Clips, Songs
from engine.evaluation.targets import targets
from engine.metrics import faults, musicality
from engine.metrics.statistics import Json, finite
from engine.parallel import Progress
from engine.training.corpus.labels import AROUSAL, VALENCE
from engine.training.corpus.token_cache import Cache

MINUTE = 60.0

Bar = Callable[[str, float, str], AbstractContextManager[Progress]]
"""Shows a progress bar of a title, a total and a unit; its context is the callback for it."""


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """How much to measure.

    windows: of split=val, for the likelihood. boundaries: the least number asked for. seeds:
    pieces at each point of the emotion grid. songs: the most excerpts of split=val. controls:
    pieces for each group of controls. seed: of everything drawn.

    Raises EmsyncError unless at least one boundary is asked for.
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


QUICK = EvaluationPlan(windows=12, boundaries=40, seeds=1, songs=60, controls=8)
"""For a first look; its figures are too uncertain to quote."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The data to measure with.

    cache: the token cache. index: the corpus index, for the judge; without it emotion is left out.
    emopia: the archive and the table of EMOPIA; without them the judge is not checked.

    Raises EmsyncError when a file is missing, since that is better known before hours of composing.
    """

    cache: Path
    index: Path | None = None
    emopia: tuple[Path, Path] | None = None

    def __post_init__(self) -> None:
        for path in (self.index, *(self.emopia or ())):
            if path is not None and not path.is_file():
                raise EmsyncError(f"{path}: no such file; give its place or leave it out")


def evaluate(sources: Sources, pieces: PieceCache, plan: EvaluationPlan, bar: Bar) -> Json:
    """The whole report, valid JSON; ``left_out`` says which parts are missing and why."""
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
            "the cache needs songs of a minute and three families in split=val and in training"
        )
    if sources.index is None:
        report["left_out"]["emotion"] = "no corpus index was given"
    else:
        report["emotion"] = _emotion(cache, sources.index, sources.emopia, pieces, plan, bar)
        if sources.emopia is None:
            report["left_out"]["emopia"] = "its archive and table were not given"
    return finite({**report, "targets": targets(report)})


def _likelihood(cache: Cache, pieces: PieceCache, plan: EvaluationPlan, bar: Bar) -> Json:
    total = plan.windows * len(likelihood.cases(pieces.network.config))
    with bar("Reading songs", total, "windows") as show:
        return likelihood.evaluate(pieces.network, cache, plan.windows, _rng(plan, 0), show)


def _music(cache: Cache, pieces: PieceCache, plan: EvaluationPlan, bar: Bar) -> Json:
    """Boundaries, musicality, faults and controls: the parts that need no labels."""
    for_boundaries = boundaries.requests(plan.boundaries, _rng(plan, 1))
    for_controls = controls.requests(plan.controls, pieces.network.config.controls, _rng(plan, 2))
    with bar("Composing for boundaries", len(for_boundaries), "pieces") as show:
        scores = pieces.compose(for_boundaries, show)
    with bar("Composing for controls", len(for_controls), "pieces") as show:
        controlled = pieces.compose(for_controls, show)
    minutes = [
        score
        for request, score in zip(for_boundaries, scores, strict=True)
        if request.duration == MINUTE
    ]
    rng = _rng(plan, 3)
    validation = references.excerpts(cache, MINUTE, plan.songs, True, rng)
    training = references.excerpts(cache, MINUTE, len(minutes), False, rng)
    half_minutes = references.excerpts(cache, controls.DURATION, plan.controls, True, rng)
    pairs = [
        (request.conditions, score) for request, score in zip(for_controls, controlled, strict=True)
    ]
    return {
        "boundaries": boundaries.evaluate(for_boundaries, scores, _rng(plan, 4)),
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


def _emotion(
    cache: Cache,
    index: Path,
    emopia: tuple[Path, Path] | None,
    pieces: PieceCache,
    plan: EvaluationPlan,
    bar: Bar,
) -> Json:
    asked = emotion_judge.requests(1000 * plan.seed + n for n in range(plan.seeds))
    with bar("Composing for emotion", len(asked), "pieces") as show:
        scores = pieces.compose(asked, show)
    rng = _rng(plan, 7)
    songs = _judge_songs(cache, index, pieces, bar)
    clips = None if emopia is None else _emopia_clips(*emopia, pieces, bar)
    judges, quality = emotion_judge.fit_judges(songs, clips, rng)
    return {"judge": quality, **emotion_judge.evaluate(asked, scores, judges, rng)}


def _judge_songs(cache: Cache, index: Path, pieces: PieceCache, bar: Bar) -> Songs:
    """The features of the judge's songs, cached beside the pieces."""

    def make() -> Arrays:
        table = references.read_table(index, "split_group", *VALENCE, *AROUSAL)
        with bar("Measuring songs", 100, "%") as show:
            return asdict(references.labelled(cache, table, pieces.workers, _percent(show)))

    sizes = len(cache.tokens), index.stat().st_size
    return Songs(**load_or_make(pieces.folder, ("songs", sizes, _reading_code()), make))


def _emopia_clips(archive: Path, table: Path, pieces: PieceCache, bar: Bar) -> Clips:
    """The features of EMOPIA's clips, cached beside the pieces."""

    def make() -> Arrays:
        with bar("Measuring EMOPIA", 100, "%") as show:
            return asdict(references.read_clips(archive, table, pieces.workers, _percent(show)))

    sizes = archive.stat().st_size, table.stat().st_size
    return Clips(**load_or_make(pieces.folder, ("clips", sizes, _reading_code()), make))


def _reading_code() -> str:
    return code_hash(references.__name__)


def _percent(show: Progress) -> Progress:
    return lambda share: show(100 * share)


def _rng(plan: EvaluationPlan, part: int) -> np.random.Generator:
    return np.random.default_rng((plan.seed, part))
