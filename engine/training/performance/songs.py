"""Songs as passages with their velocities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from symusic.core import ScoreTick

from engine.arrays import Floats, Ints
from engine.music.vocabulary import INSTRUMENTS
from engine.performance.passage import NO_PLACE, Passage
from engine.training.corpus.midi import read_midi
from engine.training.corpus.source_song import UnusableSong, family

FLAT = 2.0
"""A track whose velocities have a lower standard deviation carries no dynamics."""
FEWEST = 16
"""A track with fewer notes is not judged, and counts as flat."""
LEAST_NOTES = 64
"""Notes with dynamics that a song must have."""
MOST_NOTES = 20_000
TOGETHER = 0.02
"""Seconds within which onsets count as one instant."""
UNKNOWN = 0
"""The velocity of a note of a flat track."""


@dataclass(frozen=True, slots=True)
class PlayedSong:
    """A song's notes, and how they were played. velocity: [n], 1..127, or :data:`UNKNOWN`."""

    notes: Passage
    velocity: Ints


def read_played(path: Path) -> PlayedSong:
    """Read a MIDI file.

    Raises UnusableSong if it can't be read, has too few notes with dynamics, or too many notes.
    """
    source = read_midi(path)
    columns: list[tuple[Floats, Floats, Ints, Ints, Ints]] = []
    for track in ScoreTick(path).tracks:
        instrument = family(track.program, track.is_drum)
        notes = track.notes.numpy()
        count = len(notes["time"])
        if instrument is None or not count:
            continue
        velocity = notes["velocity"].astype(np.int64)
        flat = count < FEWEST or velocity.std() < FLAT
        start = notes["time"].astype(np.float64)
        columns.append(
            (
                start,
                start + notes["duration"],
                notes["pitch"].astype(np.int64),
                np.full(count, INSTRUMENTS.index(instrument)),
                np.full(count, UNKNOWN) if flat else np.clip(velocity, 1, 127),
            )
        )
    if not columns:
        raise UnusableSong("no notes")
    start, end, pitch, part, velocity = map(np.concatenate, zip(*columns, strict=True))
    if len(start) > MOST_NOTES:
        raise UnusableSong("too many notes")
    if (velocity != UNKNOWN).sum() < LEAST_NOTES:
        raise UnusableSong("no dynamics")
    onset = instants(source.clock.seconds(start))
    place = _places(start, source.bars, source.ticks_per_quarter)
    order = np.lexsort((pitch, part, onset))
    played = Passage(onset, source.clock.seconds(end), pitch, part, place)
    return PlayedSong(played[order], velocity[order])


def instants(onset: Floats) -> Floats:
    """Onsets in which those that are nearly together are equal; [n], in any order."""
    times = np.unique(onset)
    starts, start = np.empty(len(times)), -np.inf
    for place, time in enumerate(times.tolist()):
        if time - start > TOGETHER:
            start = time
        starts[place] = start
    return starts[np.searchsorted(times, onset)]


def _places(ticks: Floats, bars: Floats, quarter: int) -> Floats:
    if not len(bars):
        return np.full(len(ticks), NO_PLACE)
    # A few ticks early still count as on the line: songs are not always quantised.
    early = quarter / 24
    bar = bars[np.maximum(np.searchsorted(bars, ticks + early, "right") - 1, 0)]
    return np.where(ticks + early < bars[0], NO_PLACE, np.maximum(ticks - bar, 0) / quarter)
