"""Keeping a piece for many instruments from becoming a solo, and their tracks from staying empty.

Who is silent for long becomes likelier, the more so the longer it lasts; which one comes in, with
what and when, stays the network's choice. Drums wait for the network alone, for music without them
is calm music. But while fewer play than MORE_INSTRUMENTS promised (three), all who are silent are
called for, and louder: a network may forget one for minutes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Logits
from engine.music import vocabulary as voc
from engine.music.vocabulary import to_seconds, to_steps
from engine.score import Instrument

SILENT = 8.0
"""An instrument that has struck nothing for so many seconds does not play."""
RATE = 0.15
"""What each second after that adds to the logits of its notes."""
MOST = 2.5
RATE_OF_FEW = 0.25
"""What each second with too few adds to the logits of the others' notes."""
MOST_OF_FEW = 5.0

_DRUMS = voc.INSTRUMENTS.index(Instrument.DRUMS)


class InstrumentBalance:
    """Who plays in a piece.

    may_play: [V], true for the ONs of those who may. Where these are fewer than
    ``vocabulary.MORE_FROM``, nothing is asked of them.
    """

    def __init__(self, may_play: npt.NDArray[np.bool_]) -> None:
        self._ons = {
            int(instrument): np.flatnonzero(may_play & (instrument == voc.INSTRUMENT))
            for instrument in np.unique(voc.INSTRUMENT[may_play])
        }
        self._struck: dict[int, int] = {}
        self._enough = 0

    def strike(self, instrument: int, step: int) -> None:
        """An instrument, by its index, has struck a note."""
        self._struck[instrument] = step

    def lean(self, logits: Logits, step: int) -> Logits:
        """The logits [V] with those in mind who have been silent for too long."""
        if len(self._ons) < voc.MORE_FROM:
            return logits
        silent = [i for i in self._ons if not self._plays(i, step)]
        few = len(self._ons) - len(silent) < voc.MORE_FROM
        if not few:
            self._enough = step
        if not silent:
            return logits
        logits = logits.copy()
        louder = min(RATE_OF_FEW * to_seconds(step - self._enough), MOST_OF_FEW)
        for i in silent:
            quiet = to_seconds(step - self._struck.get(i, 0)) - SILENT
            push = 0.0 if i == _DRUMS else min(max(RATE * quiet, 0.0), MOST)
            logits[self._ons[i]] += np.float32(max(louder, push))
        return logits

    def _plays(self, instrument: int, step: int) -> bool:
        return instrument in self._struck and step - self._struck[instrument] < to_steps(SILENT)
