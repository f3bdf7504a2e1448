"""Makes the fingerprint of a corpus.

Passages are taken from training songs; the band comes from songs that are held out. A passage that
many songs have is a common figure, such as a scale or a broken chord.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from engine.arrays import Floats, Ints, Tokens
from engine.originality.fingerprint import Bits, Fingerprint, bit_places
from engine.originality.grams import (
    GRAMS,
    PASSAGE,
    Hashes,
    covered,
    distinctive,
    gram_hashes,
    hash_passages,
)
from engine.originality.lines import lines_of_tokens
from engine.originality.passages import longest_passage

LOG2_BITS = 26
"""The size of the table: 2 to this power bits."""
COMMON = 8
"""A passage in more groups of songs than this is a common figure."""
SIZES = (50, 100, 200, 400, 800, 1600)
"""Notes of a part for which the band is measured."""
LEAST_PARTS = 20
"""Parts of a size from which on the band is worth anything."""
BAND = 95.0
"""The percentile of songs that the band reaches up to."""

_NONE = np.zeros(0, np.uint64)


def make_fingerprint(
    songs: Iterable[tuple[str, Tokens]],
    held_out: Iterable[Tokens],
    log2_bits: int = LOG2_BITS,
    common: int = COMMON,
) -> Fingerprint:
    """The fingerprint of a corpus.

    songs: the training songs, each with the name of its group; near-duplicates share one.
    held_out: songs of none of these groups, for the band. log2_bits, common: as above.
    """
    bits = np.zeros(1 << (log2_bits - 3), np.uint8)
    numbers: dict[str, int] = {}
    passages: list[Hashes] = []
    groups: list[int] = []
    for group, tokens in songs:
        grams, of_song = song_hashes(tokens)
        _set(bits, grams)
        passages.append(of_song)
        groups.append(numbers.setdefault(group, len(numbers)))
    usual = _common(passages, groups, common)
    bare = Fingerprint(bits, usual, np.zeros((0, 2)), len(groups))
    return Fingerprint(bits, usual, _band(held_out, bare), len(groups))


def song_hashes(tokens: Tokens) -> tuple[Hashes, Hashes]:
    """The hashes of a song's distinctive passages, and of the grams in them.

    First the grams, then the passages; each once, rising.
    """
    grams, passages = [_NONE], [_NONE]
    for line in lines_of_tokens(tokens):
        chosen = distinctive(line.pitches)
        hashes = gram_hashes(line.pitches)
        grams.append(hashes[covered(chosen, len(hashes), GRAMS)])
        passages.append(hash_passages(line.pitches, PASSAGE)[chosen])
    return np.unique(np.concatenate(grams)), np.unique(np.concatenate(passages))


def _set(bits: Bits, hashes: Hashes) -> None:
    """Set the bits of these hashes."""
    places = bit_places(hashes, len(bits))
    np.bitwise_or.at(bits, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))


def _common(passages: Sequence[Hashes], groups: Sequence[int], common: int) -> Hashes:
    """The passages, each once, that more than ``common`` groups have. One group for each song."""
    hashes = np.concatenate([_NONE, *passages])
    numbers = np.repeat(np.array(groups, np.int32), [len(some) for some in passages])
    order = np.argsort(hashes, kind="stable")
    hashes, numbers = hashes[order], numbers[order]
    first = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
    counts = np.diff(np.append(first, len(hashes)))
    # Songs of one group count once, but few passages are in so many songs that it matters.
    many = [
        place
        for place, count in zip(first[counts > common], counts[counts > common], strict=True)
        if len(np.unique(numbers[place : place + count])) > common
    ]
    return hashes[np.array(many, np.int64)]


def _band(held_out: Iterable[Tokens], fingerprint: Fingerprint) -> Floats:
    """The rows of :attr:`Fingerprint.band`."""
    parts = [line.pitches for tokens in held_out for line in lines_of_tokens(tokens)]
    rows: list[tuple[int, float]] = []
    for size in SIZES:
        longest = [longest_passage(piece, fingerprint)[1] for piece in _pieces(parts, size)]
        if len(longest) >= LEAST_PARTS:
            # Few parts are long. More notes never mean less.
            usual = float(np.percentile(longest, BAND))
            rows.append((size, max([usual, *(row[1] for row in rows)])))
    return np.array(rows, np.float64).reshape(-1, 2)


def _pieces(parts: Sequence[Ints], size: int) -> Iterator[Ints]:
    """All whole pieces of ``size`` notes, one after the other."""
    for pitches in parts:
        for begin in range(0, len(pitches) - size + 1, size):
            yield pitches[begin : begin + size]
