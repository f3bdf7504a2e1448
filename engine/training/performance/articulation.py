"""Counts how much before its written end a note is released in songs that people played.

A note's written length is a whole number of sixteenths. It is known where the note lasts nearly
until the part's next onset: the gap between them is then less than a sixteenth. Notes with a longer
gap are followed by a rest, and notes that last longer overlap; neither is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Floats, Ints
from engine.music.vocabulary import INSTRUMENTS
from engine.parallel import spread
from engine.performance.articulation import (
    CLASSES,
    GAPS,
    SHAPE,
    ArticulationTable,
    gap_class,
    length_class,
)
from engine.performance.features import DRUMS
from engine.training.performance.songs import MOST_NOTES

QUANTISED = 0.8
"""The share of onsets on the grid from which a song counts as typed in, and not as played."""
FOLLOWS_BEAT = 0.5
"""How near to one phase of the sixteenth a song's onsets must lie, 0..1 (mean resultant length)."""
FINEST = 96
"""The fewest ticks of a quarter note in which gaps can be measured."""
FEWEST = 25
"""Notes with a gap that a track must have."""
_TOGETHER = 0.06
"""Quarter notes within which onsets of a track are one chord."""
_LONGEST = 32
"""The longest time to the next onset that counts, in sixteenths."""
_OFF = 0.3
"""How far from a whole number of sixteenths it may be."""
_OVERLAP = 0.12
"""By how much a note may overlap the next one and still count as connected, in sixteenths."""


@dataclass(frozen=True, slots=True)
class TrackGaps:
    """Notes of a track. part: index into ``vocabulary.INSTRUMENTS``. gap: [n] in sixteenths, 0..1.
    cell: [n, 3], the class of length, whether the pitch is repeated, and whether it is a chord."""

    part: int
    gap: Floats
    cell: Ints


def read_gaps(path: Path) -> list[TrackGaps]:
    """The tracks of a song that a person played to the beat; none of others."""
    from symusic.core import ScoreTick

    from engine.training.corpus.source_song import family

    try:
        song = ScoreTick(path)
    except Exception:  # the parser raises many kinds on broken files
        return []
    quarter = song.ticks_per_quarter
    if quarter < FINEST:
        return []
    tracks = []
    for track in song.tracks:
        instrument, notes = family(track.program, track.is_drum), track.notes.numpy()
        if instrument is not None and 0 < len(notes["time"]) <= MOST_NOTES:
            order = np.lexsort((notes["pitch"], notes["time"]))
            columns = (notes[name][order].astype(np.float64) for name in ("time", "duration"))
            begin, length = (column / quarter for column in columns)
            tracks.append((INSTRUMENTS.index(instrument), begin, length, notes["pitch"][order]))
    if not tracks or not _is_played(np.concatenate([track[1] for track in tracks]), quarter):
        return []
    found = [gaps(*track) for track in tracks if track[0] != DRUMS]
    return [track for track in found if len(track.gap) >= FEWEST]


def _is_played(beats: Floats, quarter: int) -> bool:
    off = np.abs(beats * 24 - np.rint(beats * 24)) * quarter / 24
    phase = np.abs(np.exp(8j * np.pi * beats).mean())
    return bool((off <= 1.0).mean() < QUANTISED and phase > FOLLOWS_BEAT)


def gaps(part: int, begin: Floats, length: Floats, pitch: Ints) -> TrackGaps:
    """The gaps of a track. begin, length: [n] in quarter notes, by onset and then by pitch."""
    starts = np.flatnonzero(np.append(True, np.diff(begin) > _TOGETHER))
    sizes = np.diff(np.append(starts, len(begin)))
    chord = np.repeat(np.arange(len(starts)), sizes)
    onset = begin[starts]
    until = 4 * np.append(np.diff(onset), np.inf)[chord]
    lasts = 4 * (begin + length - onset[chord])
    whole = np.rint(until)
    gap = whole - lasts
    counts = (
        (whole >= 1) & (whole <= _LONGEST) & (lasts > 0)
        & (np.abs(until - np.where(np.isfinite(whole), whole, 0)) < _OFF)
        & (gap < 1) & (gap > -_OVERLAP)
    )  # fmt: skip
    lowest = pitch[starts]
    repeated = np.append(False, np.diff(lowest) == 0)[chord]
    cell = np.stack(
        [length_class(np.where(counts, whole, 1)), repeated, (sizes > 1)[chord]], axis=1
    ).astype(np.int64)
    return TrackGaps(part, np.clip(gap[counts], 0.0, 1.0), cell[counts])


def read_all(
    files: Sequence[Path], workers: int, progress: Callable[[float], None] | None = None
) -> list[TrackGaps]:
    """The gaps of all tracks of songs. progress: receives the number of files read."""
    return [track for tracks in spread(read_gaps, files, workers, progress) for track in tracks]


def edges(tracks: Sequence[TrackGaps]) -> Floats:
    """The mean gaps between a part's classes, [parts, CLASSES - 1]; NaN for a part without."""
    found = np.full((len(INSTRUMENTS), CLASSES - 1), np.nan)
    for part in {track.part for track in tracks}:
        means = [track.gap.mean() for track in tracks if track.part == part]
        found[part] = np.quantile(means, np.arange(1, CLASSES) / CLASSES)
    return found


def count(tracks: Sequence[TrackGaps], between: Floats) -> ArticulationTable:
    """The table of tracks. between: their :func:`edges`."""
    counts = np.zeros(SHAPE, np.uint32)
    for track in tracks:
        np.add.at(counts, _place(track, between), 1)
    return ArticulationTable(counts)


def _place(track: TrackGaps, between: Floats) -> tuple[Ints, ...]:
    number = int(np.searchsorted(between[track.part], track.gap.mean(), "right"))
    here = np.full(len(track.gap), track.part), np.full(len(track.gap), number)
    return *here, *track.cell.T, gap_class(track.gap)


def figures(
    table: ArticulationTable, tracks: Sequence[TrackGaps], between: Floats
) -> dict[str, Any]:
    """Nats a note of the gaps of other songs.

    ``table``: given the track's class and the note. ``of_class``: given the class alone.
    ``of_part``: given the part alone. ``steady``: the correlation of a track's mean gap in its
    first half with that in its second.
    """
    cells = table.cumulative()
    of_cell = np.diff(cells, axis=-1, prepend=0.0)
    by_class = _shares(table.counts.sum(axis=(2, 3, 4)))
    by_part = _shares(table.counts.sum(axis=(1, 2, 3, 4)))
    nats: dict[str, list[Floats]] = {"table": [], "of_class": [], "of_part": []}
    for track in tracks:
        place = _place(track, between)
        nats["table"].append(of_cell[place])
        nats["of_class"].append(by_class[place[0], place[1], place[-1]])
        nats["of_part"].append(by_part[place[0], place[-1]])
    halves = [
        (half[0].mean(), half[1].mean())
        for half in (np.array_split(track.gap, 2) for track in tracks)
    ]
    steady = np.corrcoef(np.array(halves).T)[0, 1] if len(halves) > 1 else math.nan
    likelihoods = {
        name: float(-np.log(np.maximum(np.concatenate(found), 1e-6)).mean()) if found else math.nan
        for name, found in nats.items()
    }
    return {
        "tracks": len(tracks),
        "notes": int(sum(len(track.gap) for track in tracks)),
        **likelihoods,
        "steady": float(steady),
    }


def _shares(counts: Ints) -> Floats:
    smooth = counts + 1.0
    shares: Floats = smooth / smooth.sum(axis=-1, keepdims=True)
    assert shares.shape[-1] == GAPS
    return shares
