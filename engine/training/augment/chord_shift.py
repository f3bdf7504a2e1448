"""Chords moved early or late, which teaches the network to land on a boundary.

In a song a long chord comes where the metre allows it, but a film's cut does not wait for the end
of a bar. A network that only saw songs keeps its rhythm and steps over most boundaries. So in
training some chords come early or late. Like a composer, the song plays a little faster or slower
on the way to such a chord, and its bars stay whole. If that would be too much, or if the tempo is
given, a little of the music before the chord is cut. (Ours; the paper trains on unaltered songs.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Mask, Tokens
from engine.music import vocabulary as voc
from engine.music.offsets import MAX_OFFSET
from engine.music.vocabulary import to_steps
from engine.training.augment.cut import cut_short
from engine.training.augment.time_warp import time_warp

MOST = 0.2
"""The largest change of a song's speed before a chord, as a share of the time until the chord."""

_VISIBLE = to_steps(MAX_OFFSET)
"""The time before a boundary, in steps, within which its offset is visible to the network."""


def shift_chords(tokens: Tokens, chance: float, free: bool, rng: np.random.Generator) -> Tokens:
    """A song's tokens [n] with some of its CHORDs moved, still in the normal form.

    chance: the probability that a CHORD is moved. free: whether the song's speed may change.
    """
    moved = rng.random(int((tokens == voc.CHORD).sum())) < chance
    if free:
        tokens, done = _change_speed(tokens, moved, rng)
        moved &= ~done
    return cut_short(tokens, moved, rng)


def _change_speed(tokens: Tokens, moved: Mask, rng: np.random.Generator) -> tuple[Tokens, Mask]:
    """The tokens with shorter or longer bars before the CHORDs in ``moved``, where possible.

    A CHORD moves by half a bar at most. Returns also which CHORDs have been moved.
    """
    cursor = np.cumsum(voc.STEPS[tokens])
    chords, bars = cursor[tokens == voc.CHORD], cursor[tokens == voc.BAR]
    done = np.zeros(len(chords), bool)
    before, after, late = [0], [0.0], 0.0
    for number in np.flatnonzero(moved).tolist():
        chord = int(chords[number])
        # The first bar after the previous chord at which this one is visible.
        earliest = max(chord - _VISIBLE, int(chords[number - 1]) if number else 0)
        first = int(np.searchsorted(bars, earliest))
        if first + 1 >= len(bars) or bars[first] >= chord:
            continue
        begin = int(bars[first])
        later = rng.uniform(-0.5, 0.5) * (int(bars[first + 1]) - begin)
        if abs(later) > MOST * (chord - begin):
            continue
        before += [begin, chord]
        after += [begin + late, chord + late + later]
        late += later
        done[number] = True
    end = int(cursor[-1])
    return time_warp(tokens, [*before, end], [*after, end + late]), done
