"""Notes as arrays, in the order in which they get their velocities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.music.tick_clock import TickClock
from engine.music.vocabulary import INSTRUMENTS
from engine.score import BeatMap, Note

NO_PLACE = -1.0
"""The place in the bar of a note whose bar is unknown."""
BarPlaces = Callable[[Floats], Floats]
"""From onsets in seconds [n] to quarter notes since the bar line [n]."""
PART = {instrument: number for number, instrument in enumerate(INSTRUMENTS)}
"""The index of each part in ``vocabulary.INSTRUMENTS``."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Notes by onset, then part, then pitch; every array is [n].

    onset, end: seconds. pitch: MIDI numbers. part: indices into ``vocabulary.INSTRUMENTS``.
    place: quarter notes since the bar line; :data:`NO_PLACE` where it is unknown.
    Notes that begin together have equal onsets.
    """

    onset: Floats
    end: Floats
    pitch: Ints
    part: Ints
    place: Floats

    def __len__(self) -> int:
        return len(self.onset)

    def __getitem__(self, chosen: slice | npt.NDArray[np.bool_] | Ints) -> Passage:
        """Some of the notes, or all in another order."""
        return Passage(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def __add__(self, later: Passage) -> Passage:
        """These notes, then those of another passage."""
        columns = (field.name for field in fields(self))
        return Passage(*(np.append(getattr(self, name), getattr(later, name)) for name in columns))


def order(note: Note) -> tuple[float, int, int]:
    """The sort key of a passage's notes."""
    return note.onset, PART[note.instrument], note.pitch


def passage(notes: Sequence[Note], bar_places: BarPlaces) -> Passage:
    """The passage of notes that are in :func:`order`."""
    onset = np.array([note.onset for note in notes], np.float64)
    return Passage(
        onset,
        np.array([note.end for note in notes], np.float64),
        np.array([note.pitch for note in notes], np.int64),
        np.array([PART[note.instrument] for note in notes], np.int64),
        bar_places(onset),
    )


def bar_places(beat_map: BeatMap | None) -> BarPlaces:
    """Tells places in the bars of a planned score; of another, that they are unknown."""
    if beat_map is None:
        return lambda onsets: np.full(len(onsets), NO_PLACE)
    beats, seconds = np.array(beat_map.beats), np.array(beat_map.seconds)
    clock = TickClock(beats[:-1], np.diff(seconds) / np.diff(beats), seconds[:-1])
    lengths = np.array([4 * numerator / denominator for numerator, denominator in beat_map.bars])
    lines = np.append(0.0, np.cumsum(lengths))

    def places(onsets: Floats) -> Floats:
        # A thousandth early still counts as on the line.
        quarters = clock.ticks(onsets) + 1e-3
        inside = lines[np.clip(np.searchsorted(lines, quarters, "right") - 1, 0, None)]
        beyond = np.maximum(quarters - lines[-1], 0.0) % lengths[-1]
        return np.maximum(np.where(quarters >= lines[-1], beyond, quarters - inside) - 1e-3, 0.0)

    return places
