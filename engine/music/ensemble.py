"""Keeping a piece for many families from becoming a solo.

MORE_INSTRUMENTS promises three families or more. A network may forget one for minutes, so while
fewer play than were promised, those that are silent become likelier, the more so the longer it
lasts; which one comes in, with what and when, stays the network's choice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.music import vocabulary as voc
from engine.music.vocabulary import to_seconds, to_steps

SILENT = 8.0
"""An instrument that has struck nothing for so many seconds does not play."""
RATE = 0.25
"""What each second with too few adds to the logits of the others' notes."""
MOST = 5.0

Logits = npt.NDArray[np.float32]


class Ensemble:
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
        long_ago = step - to_steps(SILENT)
        silent = [i for i in self._ons if self._struck.get(i, long_ago) <= long_ago]
        if len(self._ons) - len(silent) >= voc.MORE_FROM:
            self._enough = step
            return logits
        logits = logits.copy()
        push = min(RATE * to_seconds(step - self._enough), MOST)
        logits[np.concatenate([self._ons[i] for i in silent])] += np.float32(push)
        return logits
