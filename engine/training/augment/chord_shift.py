"""Songs that bend to their chords: what teaches the network to land on a boundary.

In a song a long chord comes when the metre is ready for it, but a film's cut does not wait for the
bar to end. A network that only saw songs keeps its rhythm and steps over most boundaries. So in
training some chords come early or late: as a composer does, the song hurries or lingers a little on
the way there, and its bars stay whole. Where that would be too much, or the tempo is given, what is
left out is a little of the music before the chord. (Ours; the paper trains on songs as they are.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Tokens
from engine.music import vocabulary as voc
from engine.music.offsets import MAX_OFFSET
from engine.music.vocabulary import to_steps
from engine.training.augment.cut import cut_short
from engine.training.augment.time_warp import warp

MOST = 0.2
"""A song hurries or lingers by no more than this share of the time that is left to the chord."""

_IN_SIGHT = to_steps(MAX_OFFSET)


def shift_chords(tokens: Tokens, chance: float, free: bool, rng: np.random.Generator) -> Tokens:
    """A song's tokens [n] with each CHORD moved by this chance; still in the normal form.

    free: whether the tempo may give way.
    """
    moved = rng.random(int((tokens == voc.CHORD).sum())) < chance
    if free:
        tokens, flexed = _flex(tokens, moved, rng)
        moved &= ~flexed
    return cut_short(tokens, moved, rng)


def _flex(
    tokens: Tokens, moved: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Tokens, npt.NDArray[np.bool_]]:
    """The tokens in which bars are shorter or longer on the way to the CHORDs that are to be moved,
    by half a bar in all at most; and to which CHORDs they are."""
    cursor = np.cumsum(voc.STEPS[tokens])
    chords, bars = cursor[tokens == voc.CHORD], cursor[tokens == voc.BAR]
    flexed = np.zeros(len(chords), bool)
    before, after, late = [0], [0.0], 0.0
    for number in np.flatnonzero(moved).tolist():
        chord = int(chords[number])
        # The first bar from which the chord is in sight, and the only one.
        sight = max(chord - _IN_SIGHT, int(chords[number - 1]) if number else 0)
        first = int(np.searchsorted(bars, sight))
        if first + 1 >= len(bars) or bars[first] >= chord:
            continue
        begin = int(bars[first])
        later = rng.uniform(-0.5, 0.5) * (int(bars[first + 1]) - begin)
        if abs(later) > MOST * (chord - begin):
            continue
        before += [begin, chord]
        after += [begin + late, chord + late + later]
        late += later
        flexed[number] = True
    end = int(cursor[-1])
    return warp(tokens, [*before, end], [*after, end + late]), flexed
