"""How much do pieces quote the training songs? Counted exactly, without a fingerprint.

A passage of a part is a number of successive notes, as intervals. It counts if it is distinctive
(:mod:`engine.originality.grams`), and is quoted if the same intervals occur in some part of a
training song. Songs quote each other too, so every figure stands beside that of held-out songs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.arrays import Ints, Mask, Tokens
from engine.metrics.statistics import Json, proportion
from engine.originality.grams import PASSAGE, Hashes, distinctive, hash_passages
from engine.originality.lines import lines_of_tokens

LENGTHS = (12, 16, 20, PASSAGE, 32, 48, 64)
"""Lengths of passages in notes."""


def evaluate(sets: Mapping[str, Sequence[Tokens]], songs: Iterable[Tokens]) -> Json:
    """How much each set of pieces quotes ``songs``, by name and by the length of the passages.

    ``share``: of the distinctive passages that some song has, the mean over the pieces. ``any``:
    the share of the pieces with such a passage, and ``most`` that of the pieces in which more than
    half of them are. ``parts``: the share of the parts with such a passage.
    """
    pieces = [piece for some in sets.values() for piece in some]
    quoted = quoted_passages(pieces, songs)
    report: Json = {}
    for name, some in sets.items():
        report[name] = {str(n): _figures(parts[: len(some)]) for n, parts in quoted.items()}
        quoted = {n: parts[len(some) :] for n, parts in quoted.items()}
    return report


def _figures(parts: Sequence[Sequence[Mask]]) -> Json:
    """The figures of a set, given which passages of each part of each piece are quoted."""
    whole = [np.concatenate([np.zeros(0, np.bool_), *of_piece]) for of_piece in parts]
    shares = [float(passages.mean()) if len(passages) else 0.0 for passages in whole]
    flat = [passages for of_piece in parts for passages in of_piece if len(passages)]
    return {
        "share": float(np.mean(shares)) if shares else None,
        "any": proportion(sum(share > 0 for share in shares), len(shares)),
        "most": proportion(sum(share > 0.5 for share in shares), len(shares)),
        "parts": proportion(sum(bool(passages.any()) for passages in flat), len(flat)),
    }


def quoted_passages(
    pieces: Sequence[Tokens], songs: Iterable[Tokens]
) -> dict[int, list[list[Mask]]]:
    """Which distinctive passages some song has: by length, piece and part, in order: masks [n]."""
    hashes = {
        length: [[_distinctive(pitches, length) for pitches in _parts(piece)] for piece in pieces]
        for length in LENGTHS
    }
    asked = {
        length: np.unique(np.concatenate([np.zeros(0, np.uint64), *(h for p in some for h in p)]))
        for length, some in hashes.items()
    }
    found = {length: np.zeros(len(some), np.bool_) for length, some in asked.items()}
    for song in songs:
        for pitches in _parts(song):
            for length, some in asked.items():
                if len(some):
                    played = hash_passages(pitches, length)
                    places = np.minimum(np.searchsorted(some, played), len(some) - 1)
                    found[length][places[some[places] == played]] = True
    return {
        length: [
            [found[length][np.searchsorted(asked[length], h)] for h in of_piece]
            for of_piece in some
        ]
        for length, some in hashes.items()
    }


def _parts(tokens: Tokens) -> list[Ints]:
    return [line.pitches for line in lines_of_tokens(tokens)]


def _distinctive(pitches: Ints, length: int) -> Hashes:
    return hash_passages(pitches, length)[distinctive(pitches, length)]
