"""A song as read from its file: five merged parts, bars and tempos, all in ticks.

Tracks are merged as in the Lakh Pianoroll Dataset's variant LPD-5 (Dong et al., MuseGAN, 2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ints
from engine.music.conditions import METRES, UNKNOWN
from engine.music.tick_clock import TickClock
from engine.score import Instrument

STEADY = 0.8
"""A song has a tempo, or a metre, if this share of its length keeps to it."""
TEMPO_TOLERANCE = 0.03
"""Tempos that differ by less than this share are the same tempo."""

Part = tuple[Floats, Floats, Ints]
"""The notes of one instrument: onsets and ends in ticks, and pitches; three of [n]."""


class UnusableSong(Exception):
    """A song that can't be used; its text is the reason, in a few words."""


@dataclass(frozen=True, slots=True)
class SourceSong:
    """A song with times in ticks.

    parts: the instruments that have notes. bars: downbeats in ticks, rising. metre: index into
    ``METRES``, NaN if changing or unusual. clock: converts ticks to seconds.
    """

    parts: dict[Instrument, Part]
    bars: Floats
    metre: float
    clock: Clock
    ticks_per_quarter: int


class Clock(TickClock):
    """Converts a song's ticks to seconds, and knows its tempo.

    ticks: [n] where the tempo changes, rising strictly from 0. rate: [n] seconds a tick from
    there on. end: the song's length in ticks.
    """

    def __init__(self, ticks: Floats, rate: Floats, ticks_per_quarter: int, end: float) -> None:
        super().__init__(ticks, rate)
        self._quarter = ticks_per_quarter
        self._end = end

    @property
    def tempo(self) -> float:
        """Quarter notes a minute, or NaN if the song does not keep to one tempo."""
        lengths = np.diff(np.append(self._ticks, max(self._end, self._ticks[-1] + 1)))
        order = np.argsort(self._rates)
        middle = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
        median = self._rates[order][middle]
        near = np.abs(self._rates / median - 1) < TEMPO_TOLERANCE
        if lengths[near].sum() < STEADY * lengths.sum():
            return UNKNOWN
        return float(60 / (median * self._quarter))


def family(program: int, is_drum: bool) -> Instrument | None:
    """The instrument that LPD-5 merges a MIDI program (from 0) into; None if it is dropped."""
    if is_drum:
        return Instrument.DRUMS
    if program < 8:
        return Instrument.PIANO
    if 24 <= program < 32:
        return Instrument.GUITAR
    if 32 <= program < 40:
        return Instrument.BASS
    if program < 96 or 104 <= program < 112:
        return Instrument.STRINGS
    return None


def merge_tracks(tracks: Iterable[tuple[int, bool, Part]]) -> dict[Instrument, Part]:
    """Merge a song's tracks into parts. A track is its program, whether it is drums, and notes."""
    merged: dict[Instrument, list[Part]] = {}
    for program, is_drum, part in tracks:
        instrument = family(program, is_drum)
        if instrument is not None and len(part[0]):
            merged.setdefault(instrument, []).append(part)
    return {
        instrument: tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[misc]
        for instrument, parts in merged.items()
    }


def last_end(parts: Mapping[Instrument, Part]) -> float:
    """The end of the last note, in the unit of the notes; 0 if there are none."""
    return max((float(ends.max()) for _, ends, _ in parts.values()), default=0.0)


def main_metre(spans: Mapping[str, float]) -> float:
    """The index of the metre that a song keeps to, or NaN. spans: how long each metre lasts."""
    main = max(spans, key=spans.__getitem__, default="")
    steady = spans.get(main, 0.0) >= STEADY * sum(spans.values())
    return float(METRES.index(main)) if main in METRES and steady else UNKNOWN
