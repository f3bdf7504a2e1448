"""Reads songs from MIDI files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from symusic.core import ScoreTick

from engine.arrays import Floats
from engine.training.corpus.source_song import (
    Clock,
    SourceSong,
    UnusableSong,
    last_end,
    main_metre,
    merge_tracks,
)

MOST_BARS = 100_000
"""Bars of one time signature; a damaged file may ask for millions."""


def read_midi(path: Path) -> SourceSong:
    """Read a MIDI file; raises :class:`UnusableSong` if it can't be read."""
    try:
        midi = ScoreTick(path)
    except Exception as error:  # the parser raises many kinds on broken files
        raise UnusableSong("unreadable") from error
    columns = [(track.program, track.is_drum, track.notes.numpy()) for track in midi.tracks]
    parts = merge_tracks(
        (
            program,
            is_drum,
            (
                notes["time"].astype(np.float64),
                notes["time"].astype(np.float64) + notes["duration"],
                notes["pitch"].astype(np.int64),
            ),
        )
        for program, is_drum, notes in columns
    )
    if midi.ticks_per_quarter <= 0:
        raise UnusableSong("unreadable")
    bars, metre = _bars(midi, last_end(parts))
    return SourceSong(parts, bars, metre, _clock(midi), midi.ticks_per_quarter)


def _clock(midi: ScoreTick) -> Clock:
    tempos = midi.tempos.numpy()
    ticks, mspq = tempos["time"].astype(np.float64), tempos["mspq"].astype(np.float64)
    ticks, mspq = ticks[mspq > 0], mspq[mspq > 0]
    if not len(ticks) or ticks[0] > 0:
        ticks, mspq = np.append(0.0, ticks), np.append(500_000.0, mspq)
    # Of several tempos at one tick, the last is valid.
    last = np.append(np.diff(ticks) > 0, True)
    rate = mspq[last] / 1e6 / midi.ticks_per_quarter
    return Clock(ticks[last], rate, midi.ticks_per_quarter, float(midi.end()))


def _bars(midi: ScoreTick, end: float) -> tuple[Floats, float]:
    """Downbeats in ticks before ``end``, and the metre's index (NaN if changing or unusual).

    Without a time signature it is 4/4, the default of the MIDI standard. Bars of a single beat are
    ignored, because some collections have 1/4 in all songs.
    """
    changes = midi.time_signatures.numpy()
    possible = (changes["numerator"] > 0) & (changes["denominator"] > 0)
    times = changes["time"][possible].astype(np.float64)
    numerators, denominators = (
        changes[name][possible].tolist() for name in ("numerator", "denominator")
    )
    if not len(times) or times[0] > 0:
        times = np.append(0.0, times)
        numerators, denominators = [4, *numerators], [4, *denominators]
    bars: list[Floats] = []
    spans: dict[str, float] = {}
    for i, (time, numerator, denominator) in enumerate(
        zip(times, numerators, denominators, strict=True)
    ):
        until = min(times[i + 1], end) if i + 1 < len(times) else end
        if until <= time:
            continue
        name = f"{numerator}/{denominator}"
        spans[name] = spans.get(name, 0.0) + until - time
        if numerator > 1:
            length = midi.ticks_per_quarter * 4 * numerator / denominator
            if until - time > MOST_BARS * length:
                raise UnusableSong("unreadable")
            bars.append(np.arange(time, until, length))
    return np.concatenate(bars) if bars else np.array([]), main_metre(spans)
