"""Finds the passages of a line that a corpus has."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.arrays import Ints, Mask
from engine.originality.fingerprint import Fingerprint
from engine.originality.grams import (
    GRAM,
    GRAMS,
    PASSAGE,
    covered,
    distinctive,
    gram_hashes,
    hash_passages,
)


def known_passages(pitches: Ints, fingerprint: Fingerprint) -> Mask:
    """Which passages of lines [..., n] the corpus has: [..., n - PASSAGE + 1], or none.

    Only those count that are distinctive and that not many songs have.
    """
    pitches = np.asarray(pitches)
    if pitches.shape[-1] < PASSAGE:
        return np.zeros((*pitches.shape[:-1], 0), np.bool_)
    grams = fingerprint.knows(gram_hashes(pitches))
    known: Mask = np.asarray(sliding_window_view(grams, GRAMS, axis=-1).all(axis=-1))
    if known.any():
        common = fingerprint.is_common(hash_passages(pitches, PASSAGE))
        known = known & distinctive(pitches) & ~common
    return known


def known_notes(pitches: Ints, fingerprint: Fingerprint) -> Mask:
    """Which notes of a line [n] lie within a known passage: [n]."""
    return covered(known_passages(pitches, fingerprint), len(pitches), PASSAGE)


def longest_passage(pitches: Ints, fingerprint: Fingerprint) -> tuple[int, int]:
    """The longest run of notes that the corpus has: its first note, and how many notes it has.

    pitches: of a line [n]. The earliest of several counts; (0, 0) if no gram is known. A run of
    fewer notes than a passage may be a common figure, or chance.
    """
    first, passages = _longest_run(known_passages(pitches, fingerprint))
    if passages:
        return first, passages + PASSAGE - 1
    first, grams = _longest_run(fingerprint.knows(gram_hashes(pitches)))
    return first, min(grams + GRAM, PASSAGE - 1) if grams else 0


def runs(known: Mask) -> Ints:
    """How many true values in a row end at each place of a mask [n]: [n]."""
    places = np.arange(1, len(known) + 1)
    return places - np.maximum.accumulate(np.where(known, 0, places))


def _longest_run(known: Mask) -> tuple[int, int]:
    """Where the longest run of true values begins, and how long it is; (0, 0) without any."""
    lengths = runs(known)
    last = int(lengths.argmax()) if len(lengths) else 0
    length = int(lengths[last]) if len(lengths) else 0
    return (last - length + 1, length) if length else (0, 0)
