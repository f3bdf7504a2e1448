"""The evaluation of a network: every part of the report, in one call.

Each part draws from a generator of its own, so that leaving one out changes no other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.arrays import Tokens
from engine.errors import EmsyncError
from engine.evaluation import (
    boundaries,
    controls,
    emotion_judge,
    likelihood,
    planned,
    quoting,
    references,
    turning,
)
from engine.evaluation.amounts import PARTS, Amounts
from engine.evaluation.cache import Arrays, load_or_make
from engine.evaluation.code_hash import code_hash
from engine.evaluation.pieces import PieceCache
from engine.evaluation.references import Clips, Songs
from engine.evaluation.request import Request
from engine.evaluation.targets import targets
from engine.metrics import faults, harmony, musicality
from engine.metrics.regression import Ridge
from engine.metrics.statistics import Json, finite
from engine.music.events import encode, normalise
from engine.parallel import Progress
from engine.score import Score
from engine.training.corpus.labels import AROUSAL, VALENCE
from engine.training.corpus.token_cache import Cache

MINUTE = 60.0

Bar = Callable[[str, float, str], AbstractContextManager[Progress]]
"""Shows a progress bar of a title, a total and a unit; its context is the callback for it."""


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


def evaluate(sources: Sources, pieces: PieceCache, amounts: Amounts, bar: Bar) -> Json:
    """The whole report, valid JSON; ``left_out`` says which parts are missing and why."""
    cache = Cache.open(sources.cache)
    report: Json = {
        "model": asdict(pieces.network.card),
        "amounts": asdict(amounts),
        "sampling": asdict(pieces.sampling),
        "free": pieces.free,
        "takes": pieces.takes,
        "left_out": {part: "not asked for" for part in PARTS if part not in amounts.parts},
    }
    left_out = report["left_out"]
    if "likelihood" in amounts.parts:
        if cache.validation.any():
            report["likelihood"] = _likelihood(cache, pieces, amounts, bar)
        else:
            left_out["likelihood"] = "the cache has no songs of split=val"
    if "emotion" in amounts.parts and sources.index is None:
        left_out["emotion"] = "no corpus index was given"
    composed = {
        part: _compose(part, asked, pieces, bar)
        for part, asked in _requests(amounts, pieces.network.config.controls).items()
        if part not in left_out
    }
    if "boundaries" in composed:
        report |= _boundaries(composed["boundaries"], cache, amounts, pieces.free)
        if report["musicality"] is None:
            left_out["musicality"] = (
                "the cache needs songs of a minute and three families in split=val and in training"
            )
    if "controls" in composed:
        report["controls"] = _controls(composed["controls"], cache, amounts)
    judges = None
    if sources.index is not None and {"emotion", "sections"} & set(composed):
        judges, quality = _judges(cache, sources, pieces, amounts, bar)
        if sources.emopia is None:
            left_out["emopia"] = "its archive and table were not given"
    if "emotion" in composed and judges is not None:
        asked, scores = _apart(composed["emotion"])
        found = emotion_judge.evaluate(asked, scores, judges, _rng(amounts, 7))
        report["emotion"] = {"judge": quality, **found}
    if "sections" in composed:
        report["sections"] = _sections(composed["sections"], judges)
    every = [piece for some in composed.values() for piece in some]
    if pieces.free:
        left_out["plan"] = "pieces in free time have none"
    elif every:
        report["plan"] = planned.evaluate(*_apart(every))
    return finite({**report, "targets": targets(report)})


Composed = list[tuple[Request, Score]]
"""Requests and their pieces."""


def _requests(amounts: Amounts, controls_known: tuple[str, ...]) -> dict[str, list[Request]]:
    """What each part asks for."""
    seeds = (1000 * amounts.seed + number for number in range(amounts.seeds))
    turns = turning.requests(1000 * amounts.seed)[: amounts.turns]
    return {
        "boundaries": boundaries.requests(amounts.boundaries, _rng(amounts, 1)),
        "controls": controls.requests(amounts.controls, controls_known, _rng(amounts, 2)),
        "emotion": emotion_judge.requests(seeds),
        "sections": [*turns, *map(turning.static, turns)],
    }


def _compose(part: str, asked: list[Request], pieces: PieceCache, bar: Bar) -> Composed:
    with bar(f"Composing for {part}", len(asked), "pieces") as show:
        return list(zip(asked, pieces.compose(asked, show), strict=True))


def _apart(composed: Composed) -> tuple[list[Request], list[Score]]:
    """The requests and the pieces."""
    return [request for request, _ in composed], [score for _, score in composed]


def _likelihood(cache: Cache, pieces: PieceCache, amounts: Amounts, bar: Bar) -> Json:
    total = amounts.windows * len(likelihood.cases(pieces.network.config))
    with bar("Reading songs", total, "windows") as show:
        return likelihood.evaluate(pieces.network, cache, amounts.windows, _rng(amounts, 0), show)


def _boundaries(composed: Composed, cache: Cache, amounts: Amounts, free: bool) -> Json:
    """Boundaries; and what is measured of those pieces that last a minute."""
    minutes = [score for request, score in composed if request.duration == MINUTE]
    rng = _rng(amounts, 3)
    validation = references.excerpts(cache, MINUTE, amounts.songs, True, rng)
    training = references.excerpts(cache, MINUTE, len(minutes), False, rng)
    songs = [score for _, score in validation]
    return {
        "boundaries": boundaries.evaluate(*_apart(composed), _rng(amounts, 4), free),
        "musicality": musicality.evaluate(
            musicality.table(minutes),
            musicality.table(songs),
            musicality.table([score for _, score in training]),
            _rng(amounts, 5),
        )
        if validation and training
        else None,
        "harmony": harmony.compare(minutes, songs),
        "quoting": quoting.evaluate(
            {"pieces": _tokens(minutes), "songs": _tokens(songs)},
            (cache.song(song) for song in np.flatnonzero(~cache.validation).tolist()),
        ),
        "faults": faults.evaluate(minutes, songs),
    }


def _tokens(scores: list[Score]) -> list[Tokens]:
    return [encode(normalise(score)) for score in scores]


def _controls(composed: Composed, cache: Cache, amounts: Amounts) -> Json:
    songs = references.excerpts(cache, controls.DURATION, amounts.controls, True, _rng(amounts, 8))
    pairs = [(request.conditions, score) for request, score in composed]
    return controls.evaluate(pairs, songs, _rng(amounts, 6))


def _judges(
    cache: Cache, sources: Sources, pieces: PieceCache, amounts: Amounts, bar: Bar
) -> tuple[dict[str, Ridge], Json]:
    """The judges of valence and arousal by name, and how well they judge songs."""
    assert sources.index is not None
    songs = _judge_songs(cache, sources.index, pieces, bar)
    clips = None if sources.emopia is None else _emopia_clips(*sources.emopia, pieces, bar)
    return emotion_judge.fit_judges(songs, clips, _rng(amounts, 9))


def _sections(composed: Composed, judges: dict[str, Ridge] | None) -> Json:
    """Pieces of two sections, which come first, beside the static ones."""
    asked, scores = _apart(composed)
    count = len(asked) // 2
    return turning.evaluate(asked[:count], scores[:count], scores[count:], judges)


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


def _rng(amounts: Amounts, part: int) -> np.random.Generator:
    return np.random.default_rng((amounts.seed, part))
