"""The bass plays a line: one note at a time, which ends where the next one begins.

In songs .8 notes of the bass sound at a time (median), and fewer than one in nine of ten songs.
Where notes are to be connected, a network that holds one note begins the next one all the same.
In songs 4% of the bass's onsets have two notes, an octave or a fifth apart. Left alone, the network
plays 19%, and in a quarter of the pieces over a third. Low notes that overlap are mud.

A bass also moves. In excited songs 45% of its notes repeat the pitch before, and left alone 80% of
the network's. So a pitch that comes again and again becomes less likely, and others likelier: the
bass plays as much as before. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints, Logits, Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument

AGAIN = 3
"""How many times a pitch may come in a row as the network likes."""
MOVES = 0.5
"""The bias against each further time, in nats."""
MOST = 2.0
"""The strongest bias, in nats."""

_BASS = voc.INSTRUMENTS.index(Instrument.BASS)
_ONS: Ints = np.flatnonzero((voc.KIND == Kind.ON) & (voc.INSTRUMENT == _BASS))


class BassLine(Rule):
    """Ends the note of the bass that another one follows, and lets no two begin together.

    Notes that are given stay as they are. A pitch that has come often in a row becomes unlikely.
    """

    def __init__(self) -> None:
        self._last, self._times = -1, 0
        """The last ON of the bass, and how many times it has come in a row."""

    def update(self, token: int, state: PieceState) -> None:
        """Count how often a pitch comes in a row."""
        if voc.KIND[token] == Kind.ON and voc.INSTRUMENT[token] == _BASS:
            self._times = self._times + 1 if token == self._last else 1
            self._last = token

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

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour other pitches of the bass than one that has come often in a row."""
        too_often = self._times - AGAIN + 1
        if too_often <= 0:
            return logits
        before = np.logaddexp.reduce(logits[_ONS])
        biased = logits.copy()
        biased[self._last] -= np.float32(min(MOVES * too_often, MOST))
        after = np.logaddexp.reduce(biased[_ONS])
        if not np.isfinite(before) or not np.isfinite(after):
            return logits
        biased[_ONS] += before - after
        return biased
