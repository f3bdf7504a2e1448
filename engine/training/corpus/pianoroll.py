"""Reads songs from pypianoroll's files (``.npz``), such as those of the Lakh Pianoroll Dataset.

Such a file has ``info.json``: the resolution in time steps a beat and each track's program. Before
version 1 the resolution was called ``beat_resolution``. The arrays ``tempo`` (beats a minute) and
``downbeat`` (true at a bar's first step) have a value a time step. Each track has a piano roll
[steps, 128] in compressed sparse columns. A time step is a tick here. In a roll, a note repeated at
once looks like one held note. Velocities are not read.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats
from engine.training.corpus.source_song import (
    Clock,
    Part,
    SourceSong,
    UnusableSong,
    last_end,
    main_metre,
    merge_tracks,
)

DEFAULT_TEMPO = 120.0

Arrays = dict[str, npt.NDArray[Any]]


def read_pianoroll(path: Path) -> SourceSong:
    """Read a pypianoroll file; raises :class:`UnusableSong` if it can't be read."""
    try:
        with np.load(path) as file:
            info = json.loads(file["info.json"])
            arrays = {name: file[name] for name in file.files if name != "info.json"}
        resolution = int(info["resolution"] if "resolution" in info else info["beat_resolution"])
        tracks = [
            (int(info[key]["program"]), bool(info[key]["is_drum"]), _notes(arrays, int(key)))
            for key in info
            if key.isdigit()
        ]
        clock = _clock(arrays, resolution)
    except Exception as error:  # NumPy and zipfile raise many kinds on broken files
        raise UnusableSong("unreadable") from error
    parts = merge_tracks(tracks)
    bars, metre = _bars(arrays.get("downbeat"), resolution, last_end(parts))
    return SourceSong(parts, bars, metre, clock, resolution)


def _notes(arrays: Arrays, track: int) -> Part:
    """The notes of a track: runs of steps in which a pitch is active."""
    data, steps, starts, shape = (
        arrays[f"pianoroll_{track}_csc_{name}"] for name in ("data", "indices", "indptr", "shape")
    )
    # One number a cell. The last cell of a pitch and the first of the next are not adjacent.
    row = int(shape[0]) + 1
    pitches = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    cells = np.sort((pitches * row + steps)[data != 0])
    first = cells[~np.isin(cells - 1, cells)]
    last = cells[~np.isin(cells + 1, cells)]
    return (first % row).astype(np.float64), last % row + 1.0, first // row


def _clock(arrays: Arrays, resolution: int) -> Clock:
    """The clock of the tempo array. Its last value holds to the end; without values it is 120."""
    tempo = np.asarray(arrays.get("tempo", ()), np.float64).ravel()
    tempo = tempo if len(tempo) else np.array([DEFAULT_TEMPO])
    if not (np.isfinite(tempo) & (tempo > 0)).all():
        raise ValueError("a tempo that is not positive")
    change = np.flatnonzero(np.append(True, np.diff(tempo) != 0))
    lengths = [arrays[name][0] for name in arrays if name.endswith("_csc_shape")]
    end = float(max(lengths, default=0))
    return Clock(change.astype(np.float64), 60 / tempo[change] / resolution, resolution, end)


def _bars(downbeat: npt.NDArray[Any] | None, resolution: int, end: float) -> tuple[Floats, float]:
    """Downbeats in ticks before ``end``, and the metre's index (NaN if changing or unusual).

    Without downbeats it is 4/4, as in a MIDI file without a time signature. Beats are taken as
    quarters, so metres in eighths stay unknown.
    """
    if downbeat is None:
        return np.arange(0, end, 4 * resolution), main_metre({"4/4": end})
    bars = np.flatnonzero(downbeat).astype(np.float64)
    bars = bars[bars < end]
    lengths = np.diff(np.append(bars, end))[:-1] / resolution
    spans: Counter[str] = Counter()
    for length in lengths.tolist():
        spans[f"{length:g}/4"] += length
    return bars, main_metre(spans)
