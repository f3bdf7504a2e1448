"""The windows that pieces begin with. Each is read once, however many pieces and decoders have it.

Takes of a stretch that is composed anew begin with the same half of a thousand tokens, whose
reading costs as much as two seconds of music.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np

from engine.arrays import Logits
from engine.composing.composition import Composition
from engine.model.decoder import Decoder, Reading


class _Opening:
    """A window that pieces begin with. owner: the group that reads it."""

    def __init__(self, first: Composition, owner: int) -> None:
        self.first, self.owner = first, owner
        self.read: Future[tuple[Reading, Logits]] = Future()


class Openings:
    """The windows that groups of pieces begin with. Each group has a decoder and a thread."""

    def __init__(self, groups: Sequence[Sequence[Composition]]) -> None:
        self._openings: list[_Opening] = []
        self._of: list[list[_Opening]] = [
            [self._opening(piece, number) for piece in group] for number, group in enumerate(groups)
        ]

    def _opening(self, piece: Composition, group: int) -> _Opening:
        for opening in self._openings:
            if piece.sees_as(opening.first):
                return opening
        self._openings.append(_Opening(piece, group))
        return self._openings[-1]

    def first_logits(self, decoder: Decoder, group: int) -> Logits:
        """What follows the window of each piece of a group [pieces, V]; its decoder knows it then.

        Waits for windows that other groups read. Raises what their reading raises.
        """
        found: dict[int, Logits] = {}
        openings = self._of[group]
        # Its own come first, since others may wait for them.
        for row in sorted(range(len(openings)), key=lambda row: openings[row].owner != group):
            opening = openings[row]
            if opening.owner == group and not opening.read.done():
                found[row] = _read(opening, decoder, row)
            else:
                reading, found[row] = opening.read.result()
                decoder.resume(reading, row)
        return np.stack([found[row] for row in range(len(openings))])


def _read(opening: _Opening, decoder: Decoder, row: int) -> Logits:
    try:
        logits = opening.first.read(decoder, row)
        opening.read.set_result((decoder.reading(row), logits))
    except BaseException as error:
        opening.read.set_exception(error)
        raise
    return logits
