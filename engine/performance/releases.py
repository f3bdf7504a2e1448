"""Releases notes early, and strums chords, as players do; also in a piece that still grows.

Notes come as composed: their ends are the written ones. A note never begins before its written
onset, and no note ends after its written end. What depends on chance is drawn instant by instant,
so a piece that is followed live gets the same lengths as the finished one.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np

from engine.music.vocabulary import INSTRUMENTS
from engine.performance import articulation, strum
from engine.performance.passage import PART, BarPlaces
from engine.score import BeatMap, Instrument, Note

SIXTEENTH = 0.125
"""Seconds of a sixteenth in a piece whose beats are unknown."""
SHORTEST = 0.04
"""The least that is left of a note in seconds, unless it is shorter as written."""
STEADY = 0.25, 0.75
"""Between which quantiles of songs a part's usual gap lies."""
BY_BRIGHTNESS = 0.25
"""How far it moves up where music is as joyful as can be, and down where it is as sad."""


Draft = tuple[Note, Note, bool]
"""A note as composed, the same with its velocity, and whether it keeps its times."""


class Releases:
    """The lengths of the notes of one piece, as they become known."""

    def __init__(
        self,
        amount: float,
        seed: int | tuple[int, ...],
        brightness: Sequence[tuple[float, float]],
        beat_map: BeatMap | None,
        places: BarPlaces,
    ) -> None:
        """amount: 0 (as composed) .. 1 (as in songs). brightness: seconds, rising, and how joyful
        music is from there on, -1..1. places: of onsets in their bars."""
        self._amount, self._brightness, self._places = amount, brightness, places
        self._sixteenth = sixteenths(beat_map)
        # Lists, because numpy is slow for single numbers.
        self._table = articulation.read_cumulative().tolist()
        seeds = seed if isinstance(seed, tuple) else (seed,)
        self._draws = np.random.default_rng((*seeds, 1))
        low, high = STEADY
        self._usual = (low + (high - low) * self._draws.random(len(INSTRUMENTS))).tolist()
        """For each part, the quantile of its usual gap among songs."""
        low, high = strum.SPANS
        self._span = low + (high - low) * float(self._draws.random())
        self._lowest: dict[Instrument, int] = {}
        """The lowest pitch of each part's last chord."""

    def push(self, notes: Sequence[Draft]) -> Iterator[Note]:
        """Further notes as they are played. notes: by onset, then part, then pitch."""
        for _, chord in groupby(notes, lambda draft: (draft[0].onset, draft[0].instrument)):
            yield from self._chord(list(chord))

    def _chord(self, chord: list[Draft]) -> Iterator[Note]:
        written = [draft[0] for draft in chord]
        onset, instrument = written[0].onset, written[0].instrument
        draws = self._draws.random(3).tolist()
        repeated = self._lowest.get(instrument) == written[0].pitch
        self._lowest[instrument] = written[0].pitch
        if instrument is Instrument.DRUMS or any(keeps for _, _, keeps in chord):
            yield from (played for _, played, _ in chord)
            return
        late = [0.0] * len(chord)
        if instrument is Instrument.GUITAR and len(chord) >= strum.LEAST_NOTES:
            down = strum.is_down(float(self._places(np.array([onset]))[0]), draws[2])
            pitches = [note.pitch for note in written]
            late = strum.delays(pitches, self._amount * self._span, down)
        for (note, played, _), later in zip(chord, late, strict=True):
            early = self._gap(note, repeated, len(chord) > 1, draws[0], draws[1])
            begin = onset + later
            end = max(note.end - early, min(note.end, begin + SHORTEST))
            begin = min(begin, (onset + note.end) / 2)
            yield Note(played.instrument, begin, end, played.pitch, played.velocity)

    def _gap(self, note: Note, repeated: bool, in_chord: bool, draw: float, place: float) -> float:
        """How much before its written end a note is released, in seconds."""
        part = PART[note.instrument]
        sixteenth = self._sixteenth(note.onset)
        length = bisect_right(articulation.LENGTH_EDGES, round((note.end - note.onset) / sixteenth))
        quantile = self._usual[part] + BY_BRIGHTNESS * self._brightness_at(note.onset)
        number = min(max(int(quantile * articulation.CLASSES), 0), articulation.CLASSES - 1)
        chances = self._table[part][number][length][repeated][in_chord]
        gap = articulation.gap_within(min(bisect_right(chances, draw), len(chances) - 1), place)
        return self._amount * gap * sixteenth

    def _brightness_at(self, onset: float) -> float:
        place = bisect_right(self._brightness, (onset + 1e-3, math.inf)) - 1
        return self._brightness[max(place, 0)][1] if self._brightness else 0.0


def sixteenths(beat_map: BeatMap | None) -> Callable[[float], float]:
    """Tells the length of a sixteenth at a time; both in seconds."""
    if beat_map is None:
        return lambda seconds: SIXTEENTH
    lengths = np.diff(beat_map.seconds) / np.diff(beat_map.beats) / 4
    begins, of_beat = beat_map.seconds, lengths.tolist()

    def at(seconds: float) -> float:
        place = bisect_right(begins, seconds + 1e-3) - 1
        return float(of_beat[min(max(place, 0), len(of_beat) - 1)])

    return at
