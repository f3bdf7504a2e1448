"""The bass plays a line: a note ends where the next one begins.

In songs .8 notes of the bass sound at a time (median), and fewer than one in nine of ten songs.
Where notes are to be connected, a network that holds one note begins the next one all the same.
Low notes that overlap are mud. (Ours.)
"""

from __future__ import annotations

from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.score import Instrument

_BASS = voc.INSTRUMENTS.index(Instrument.BASS)


class BassLine(Rule):
    """Ends the note of the bass that another one follows; notes that begin together stay."""

    def forced_token(self, state: PieceState) -> int | None:
        """The OFF of a bass note that began before another one that sounds."""
        onsets = {key: onset for key, (onset, _) in state.active.items() if key[0] == _BASS}
        if len(onsets) < 2:
            return None
        first = min(onsets, key=onsets.__getitem__)
        if onsets[first] == max(onsets.values()):
            return None
        return voc.note_off(Instrument.BASS, first[1])
