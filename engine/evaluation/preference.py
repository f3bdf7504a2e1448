"""Does the rating prefer a song's excerpt to the same excerpt with one fault?

Goal: the share of pairs in which the uncorrupted excerpt is rated higher, by kind of fault
(:mod:`engine.evaluation.corruptions`) and in all. A tie is no win.

Conventions: excerpts last 30 to 60 s and come from songs of three or more families. A song has no
plan. Who plays in the excerpt was asked to play, and the key is the one that fits the notes.
Emotion, boundaries and likelihood do not count. Whether it ends counts only for the ends of songs
that ring for a beat or more. A song that breaks off or fades has no ending to cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Tokens
from engine.evaluation.corruptions import FAULTS, Fault, cut
from engine.evaluation.references import draw_starts, excerpt
from engine.evaluation.song_tables import SECONDS, last_excerpt
from engine.metrics.statistics import Json, proportion
from engine.music.vocabulary import MORE_FROM
from engine.parallel import Progress, spread
from engine.rating.bands import Bands
from engine.rating.ending import measures as measure_ending
from engine.rating.measured_piece import measured_piece
from engine.rating.rating import Asked, Players, rate
from engine.score import Instrument, Score
from engine.training.corpus.token_cache import Cache

RING = 1.0
"""Beats that an ending rings at least, to be cut."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An excerpt, and the same with a fault. ends: whether it is the end of its song."""

    excerpt: Score
    corrupted: Score
    ends: bool


def ratings(pair: Pair, bands: Bands | None = None) -> tuple[float, float]:
    """The ratings of an excerpt and of the same with a fault; both are asked for the same."""
    present = {note.instrument for note in pair.excerpt.notes}
    instruments = tuple(i for i in Instrument if i in present)

    def rating(score: Score) -> float:
        asked = Asked((Players(0.0, score.duration, instruments),), ends=pair.ends)
        return rate(score, asked, bands=bands).total

    return rating(pair.excerpt), rating(pair.corrupted)


def draw_pair(tokens: Tokens, fault: Fault, rng: np.random.Generator) -> Pair | None:
    """A pair of a song; None where the song has no room for an excerpt or the fault."""
    seconds = float(rng.uniform(*SECONDS))
    ends = fault is cut
    if ends:
        score = last_excerpt(tokens, seconds)
    else:
        starts = draw_starts(tokens, seconds, 1, rng)
        score = excerpt(tokens, starts[0], seconds) if starts else None
    if score is None or len({note.instrument for note in score.notes}) < MORE_FROM:
        return None
    if ends and not measure_ending(measured_piece(score))["ring"] >= RING:
        return None
    corrupted = fault(score, rng)
    return None if corrupted is None else Pair(score, corrupted, ends)


def evaluate(
    cache: Cache,
    pairs: int,
    seed: int,
    faults: Mapping[str, Fault] = FAULTS,
    validation: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> Json:
    """The share of pairs in which the excerpt without the fault wins, by fault and in ``all``.

    Equally many pairs of each fault; at most one of each a song. validation: songs of split=val,
    else training songs. progress: receives the number of pairs rated so far.
    """
    each = pairs // len(faults)
    drawn = [
        (name, pair)
        for name, fault in faults.items()
        for pair in _drawn(cache, fault, each, validation, np.random.default_rng((seed, len(name))))
    ]
    found = spread(ratings, [pair for _, pair in drawn], workers, progress)
    return {
        **{
            name: _share([two for (kind, _), two in zip(drawn, found, strict=True) if kind == name])
            for name in faults
        },
        "all": _share(found),
    }


def _drawn(
    cache: Cache, fault: Fault, count: int, validation: bool, rng: np.random.Generator
) -> Iterator[Pair]:
    songs = np.flatnonzero((cache.validation == validation) & (cache.families >= MORE_FROM))
    drawn = 0
    for song in rng.permutation(songs).tolist():
        if drawn == count:
            return
        pair = draw_pair(cache.song(song), fault, rng)
        if pair is not None:
            drawn += 1
            yield pair


def _share(found: Sequence[tuple[float, float]]) -> Json:
    wins = sum(good > bad for good, bad in found)
    return {**proportion(wins, len(found)), "ties": sum(good == bad for good, bad in found)}
