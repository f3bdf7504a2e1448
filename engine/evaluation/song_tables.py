"""The tables of the rating, counted in excerpts of training songs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import numpy as np

from engine.arrays import Floats, Tokens
from engine.errors import EmsyncError
from engine.evaluation.likelihood import BATCH, TYPES, window_sums
from engine.evaluation.references import Row, draw_starts, excerpt
from engine.metrics.regression import best_penalty, cross_validate, fit
from engine.model.decoder import Decoder
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.music.conditions import EMOTION
from engine.music.vocabulary import MORE_FROM, to_seconds
from engine.parallel import Progress, spread
from engine.rating import bands, emotion, ending
from engine.rating.bands import Bands
from engine.rating.emotion import Finder
from engine.rating.measured_piece import measured_piece
from engine.rating.measures import measure
from engine.score import Score
from engine.training.corpus.labels import emotion_labels, is_judged
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import validation_batches

SECONDS = (30.0, 60.0)
"""The shortest and the longest excerpt."""
SONGS = 2000
"""How many songs are measured."""
Bars = Callable[[str, float, str], AbstractContextManager[Progress]]
"""Shows progress: title, total and unit; see ``bridge.cli.progress``."""


def last_excerpt(tokens: Tokens, seconds: float) -> Score | None:
    """The end of a song, from a BAR on, at most ``seconds`` long; None without such a BAR.

    It is at least half as long. It ends where the last note does.
    """
    steps = np.cumsum(voc.STEPS[tokens])
    starts = np.flatnonzero(tokens == voc.BAR)
    left = to_seconds(1) * (steps[-1] - steps[starts]) if len(starts) else np.zeros(0)
    fitting = np.flatnonzero((left <= seconds) & (left >= seconds / 2))
    if not len(fitting):
        return None
    return excerpt(tokens, int(starts[fitting[0]]), float(left[fitting[0]]))


def count_bands(
    cache: Cache,
    errors: Mapping[str, Floats],
    surprise: Floats,
    workers: int,
    bar: Bars,
) -> Bands:
    """The spread of all measures over training songs of three or more families.

    One excerpt a song. The measures of the ending are those of the songs' ends. errors: of emotion
    in labelled songs, by name. surprise: the network's, of windows of songs; may be empty.
    Raises EmsyncError if there are no such songs.
    """
    songs = np.flatnonzero(~cache.validation & (cache.families >= MORE_FROM))
    chosen = np.random.default_rng(0).permutation(songs)[:SONGS].tolist()
    jobs = [(cache.song(song), song) for song in chosen]
    with bar("Measuring", len(jobs), "songs") as show:
        rows = [row for row in spread(_measure_song, jobs, workers, show) if row]
    if not rows:
        raise EmsyncError("the cache has no training songs of three families and half a minute")
    source = (
        f"Counted by emsync model count-rating in an excerpt of each of {len(rows)} training "
        "songs, 30 to 60 s long. These are statistics; no song's notes are here. Each list has the "
        "values that 0, 2.5, 5, ... 100% of the songs do not exceed."
    )
    counted = bands.count(rows, source)
    more = {f"{name}_error": sizes for name, sizes in errors.items()} | {"nll": surprise}
    spreads = {name: np.quantile(some, bands.SHARES) for name, some in more.items() if len(some)}
    return Bands(source, {**counted.values, **spreads})


def song_surprise(network: Network, cache: Cache, windows: int, bar: Bars) -> Floats:
    """The network's NLL in nats a token, of each of ``windows`` windows of validation songs.

    The network knows the emotion. It never saw these songs, as it never saw what it composes.
    """
    decoder = Decoder(network)
    found: list[float] = []
    with bar("Reading songs", windows, "windows") as show:
        for batch in validation_batches(cache, network.config, windows, BATCH, EMOTION):
            sums = window_sums(decoder, batch)
            types = len(TYPES)
            found += (sums[:, :types].sum(axis=1) / sums[:, types:-1].sum(axis=1)).tolist()
            show(len(found))
    return np.array(found)


def _measure_song(job: tuple[Tokens, int]) -> dict[str, float]:
    """All measures of an excerpt of a song; the second of the job seeds the draw."""
    tokens, seed = job
    rng = np.random.default_rng(seed)
    seconds = float(rng.uniform(*SECONDS))
    starts = draw_starts(tokens, seconds, 1, rng)
    if not starts:
        return {}
    score = excerpt(tokens, starts[0], seconds)
    if not score.notes:
        return {}
    found = measure(measured_piece(score))
    end = last_excerpt(tokens, seconds)
    of_end = dict.fromkeys(ending.NAMES, math.nan)
    if end is not None and end.notes:
        of_end = ending.measures(measured_piece(end))
    return found | of_end


def fit_emotion(
    cache: Cache, table: Mapping[str, Row], workers: int, bar: Bars
) -> tuple[Finder, dict[str, Floats]]:
    """Fit valence and arousal on labelled training songs that are not the judge's.

    table: the corpus index by file. Returns the regressions, and the size of their errors for each
    song when they are fitted without it.
    Raises EmsyncError if no such song is labelled.
    """
    jobs, labels, groups = [], [], []
    for song, name in enumerate(cache.names.tolist()):
        row = table.get(name, {})
        if not cache.validation[song] and not is_judged(row):
            label = emotion_labels(row)
            if np.isfinite(label).all():
                jobs.append((cache.song(song), song))
                labels.append(label)
                groups.append(row.get("split_group") or name)
    with bar("Measuring emotion", len(jobs), "songs") as show:
        rows = spread(_features, jobs, workers, show)
    known = [number for number, row in enumerate(rows) if row is not None]
    if not known:
        raise EmsyncError("the index labels no training song of the cache with valence and arousal")
    x = np.array([rows[number] for number in known], np.float64)
    y = np.array([labels[number] for number in known], np.float64)
    _, group = np.unique([groups[number] for number in known], return_inverse=True)
    fits, errors = {}, {}
    for column, name in enumerate(EMOTION):
        penalty = best_penalty(x, y[:, column], group.astype(np.int64))
        predicted = cross_validate(x, y[:, column], group.astype(np.int64), penalty)
        fits[name] = fit(x, y[:, column], penalty)
        errors[name] = np.abs(predicted - y[:, column])
    source = (
        f"Fitted by emsync model count-rating on an excerpt of each of {len(known)} labelled "
        "training songs, 30 to 60 s long; none is a song of the judge of emsync model evaluate."
    )
    return emotion.finder_of(fits, source), errors


def _features(job: tuple[Tokens, int]) -> Floats | None:
    """The features of an excerpt of a song; None if it is too short."""
    tokens, seed = job
    rng = np.random.default_rng(seed)
    seconds = float(rng.uniform(*SECONDS))
    starts = draw_starts(tokens, seconds, 1, rng)
    return emotion.features(excerpt(tokens, starts[0], seconds)) if starts else None
