"""The bass plays a line: one note at a time, which ends where the next one begins.

In songs .8 notes of the bass sound at a time (median), and fewer than one in nine of ten songs.
Where notes are to be connected, a network that holds one note begins the next one all the same.
In songs 4% of the bass's onsets have two notes, an octave or a fifth apart. Left alone, the network
plays 19%, and in a quarter of the pieces over a third. Low notes that overlap are mud. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints, Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument

_BASS = voc.INSTRUMENTS.index(Instrument.BASS)
_ONS: Ints = np.flatnonzero((voc.KIND == Kind.ON) & (voc.INSTRUMENT == _BASS))


class BassLine(Rule):
    """Ends the note of the bass that another one follows, and lets no two begin together.

    Notes that are given stay as they are.
    """

    def forced_token(self, state: PieceState) -> int | None:
        """The OFF of a bass note that began before another one that sounds."""
        onsets = {key: onset for key, (onset, _) in state.active.items() if key[0] == _BASS}
        if len(onsets) < 2:
            return None
        first = min(onsets, key=onsets.__getitem__)
        if onsets[first] == max(onsets.values()):
            return None
        return voc.note_off(Instrument.BASS, first[1])

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """No other note of the bass where one has just begun."""
        if not any(
            key[0] == _BASS and onset == state.cursor for key, (onset, _) in state.active.items()
        ):
            return allowed
        allowed = allowed.copy()
        allowed[_ONS] = False
        return allowed
