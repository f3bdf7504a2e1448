"""Chords that come early because a little of the music before them is cut.

The wait before such a chord gets shorter: a beat is dropped, and the tempo stays.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Mask, Tokens
from engine.music import vocabulary as voc
from engine.music.events import shifts, within_instant
from engine.music.vocabulary import Kind, to_steps

REACH = 2.0
"""Seconds of music before a chord, of which some may be cut."""

_REACH = to_steps(REACH)


def cut_short(tokens: Tokens, early: Mask, rng: np.random.Generator) -> Tokens:
    """A song's tokens [n] with some of its CHORDs early, still in the normal form.

    early: for each CHORD, whether it comes early. Notes that begin in the cut are removed. Notes
    that would end in it end at the chord instead.
    """
    chords = np.flatnonzero(tokens == voc.CHORD)
    cursor = np.cumsum(voc.STEPS[tokens])
    steps = np.flatnonzero(voc.KIND[tokens] == Kind.TIMESHIFT)
    kept = np.ones(len(tokens), bool)
    places: list[float] = []
    added: list[int] = []
    for number in np.flatnonzero(early).tolist():
        # Nothing before the previous chord is cut.
        after, chord = int(chords[number - 1]) if number else 0, int(chords[number])
        # The TIMESHIFTs to moments within reach. The last leads to the chord.
        first = int(np.searchsorted(cursor, cursor[chord] - _REACH))
        near = steps[np.searchsorted(steps, max(first, after)) : np.searchsorted(steps, chord)]
        if not len(near):
            continue
        step, arrival = int(rng.choice(near)), int(near[-1])
        short = int(rng.integers(1, voc.STEPS[tokens[step]] + 1))
        late = _cut(tokens, step, arrival + 1, kept)
        # These OFFs are sorted among those of the chord's moment.
        end = arrival + 1
        while late and voc.KIND[tokens[end]] == Kind.OFF:
            late += [int(tokens[end])] * bool(kept[end])
            kept[end] = False
            end += 1
        late.sort(key=within_instant)
        added += [voc.shift(short), *late]
        # They go between the arrival, which is cut, and the token after it.
        places += np.linspace(arrival + 0.25, arrival + 0.75, 1 + len(late)).tolist()
    order = np.argsort(np.append(np.flatnonzero(kept), places), kind="stable")
    return _join_shifts(
        np.append(tokens[kept], np.array(added, np.uint16))[order].astype(np.uint16)
    )


def _cut(tokens: Tokens, first: int, last: int, kept: Mask) -> list[int]:
    """Clear ``kept`` for [first, last), and for the OFFs of notes that begin there.

    Returns the OFFs in [first, last) of notes that begin before it.
    """
    begun: set[int] = set()
    late: list[int] = []
    for token in tokens[first:last][kept[first:last]].tolist():
        kind = voc.TOKENS[token].kind
        if kind is Kind.ON:
            begun.add(token - 1)
        elif kind is Kind.OFF and token in begun:
            begun.discard(token)
        elif kind is Kind.OFF:
            late.append(token)
    kept[first:last] = False
    for off in begun:
        kept[last + int(np.argmax(tokens[last:] == off))] = False
    return late


def _join_shifts(tokens: Tokens) -> Tokens:
    """The tokens with the fewest TIMESHIFTs in a row.

    There may be too many after a moment between two of them has lost its only OFF.
    """
    is_shift = np.concatenate([[False], voc.KIND[tokens] == Kind.TIMESHIFT, [False]])
    firsts = np.flatnonzero(is_shift[1:-1] & ~is_shift[:-2])
    lasts = np.flatnonzero(is_shift[1:-1] & ~is_shift[2:]) + 1
    kept = np.ones(len(tokens), bool)
    for first, last in zip(firsts[lasts - firsts > 1], lasts[lasts - firsts > 1], strict=True):
        row = shifts(int(voc.STEPS[tokens[first:last]].sum()))
        tokens[first : first + len(row)] = row
        kept[first + len(row) : last] = False
    return tokens[kept]
