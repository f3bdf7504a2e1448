"""Free-running check of the velocity network: does a piece have songs' dynamics?

Likelihood is measured on songs' own velocities before each note. Here the network hears nothing but
itself for a minute. Its velocities are compared with songs' by :mod:`engine.metrics.velocity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.metrics import lengths
from engine.metrics.statistics import Json
from engine.metrics.velocity import MEASURES, compare
from engine.music.vocabulary import INSTRUMENTS
from engine.parallel import Progress, spread
from engine.performance.performer import PerformanceConfig, perform
from engine.score import VELOCITY, BeatMap, Note, Score
from engine.training.corpus.midi import read_midi
from engine.training.corpus.source_song import UnusableSong
from engine.training.performance.songs import LEAST_NOTES, UNKNOWN, read_played

SECONDS = 60.0
"""How much of a song counts, unless something else is asked for."""
SHORTEST = 0.01
"""The shortest note in seconds."""


def excerpts(
    files: Sequence[Path],
    seconds: float = SECONDS,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Score]:
    """The beginning of each song that has dynamics, with the notes of its tracks that do.

    seconds: the length, which should be that of the pieces to compare. progress: receives the
    number of files read.
    """
    jobs = [(path, seconds) for path in files]
    return [score for score in spread(_excerpt, jobs, workers, progress) if score is not None]


def _excerpt(job: tuple[Path, float]) -> Score | None:
    path, seconds = job
    try:
        song, source = read_played(path), read_midi(path)
    except UnusableSong:
        return None
    notes = song.notes
    bars = source.clock.seconds(source.bars)
    first = float(notes.onset[0])
    start = max((bar for bar in bars.tolist() if bar <= first + 1e-6), default=first)
    chosen = (song.velocity != UNKNOWN) & (notes.onset < start + seconds)
    if chosen.sum() < LEAST_NOTES:
        return None
    played = notes[chosen]
    onsets = played.onset - start
    columns = (
        played.part, onsets, np.maximum(played.end - start, onsets + SHORTEST), played.pitch,
        song.velocity[chosen],
    )  # fmt: skip
    return Score(
        tuple(
            Note(INSTRUMENTS[part], onset, end, pitch, velocity)
            for part, onset, end, pitch, velocity in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ),
        tuple((bars[(bars >= start) & (bars < start + seconds)] - start).tolist()),
        (),
        seconds,
        _beat_map(source.bars / source.ticks_per_quarter, bars - start),
    )


def _beat_map(beats: Floats, seconds: Floats) -> BeatMap | None:
    """The beats from the first bar line of an excerpt on. Both [bars]; None without two bars.

    beats: of the song's bar lines, in quarter notes. seconds: their times in the excerpt.
    """
    inside = seconds > -SHORTEST
    beats, seconds = beats[inside], seconds[inside]
    if len(beats) < 2 or not (np.diff(seconds) > 0).all():
        return None
    # In sixteenths, as a bar may have five eighths.
    bars = tuple((max(1, round(4 * length)), 16) for length in np.diff(beats).tolist())
    return BeatMap(tuple((beats - beats[0]).tolist()), tuple(seconds.tolist()), bars)


def performed_anew(songs: Sequence[Score]) -> list[Score]:
    """The songs with velocities of the network instead of their own."""
    return [
        perform(_flat(song), PerformanceConfig(seed=number)) for number, song in enumerate(songs)
    ]


def _flat(song: Score) -> Score:
    return replace(song, notes=tuple(replace(note, velocity=VELOCITY) for note in song.notes))


def evaluate(songs: Sequence[Score], pieces: Sequence[Score]) -> Json:
    """Songs performed anew, and composed pieces if there are any, beside the songs as they are.

    ``lengths``: the gate ratios of songs and of the pieces.
    """
    report = {"songs_performed_anew": compare(performed_anew(songs), songs)}
    found = {"songs": lengths.evaluate(songs)}
    if pieces:
        report["pieces"] = compare(pieces, songs)
        found["pieces"] = lengths.evaluate(pieces)
    return {**report, "lengths": found}


def table(report: Json) -> list[str]:
    """The report as lines of a Markdown table."""
    lines = [
        "| what | measure | 10th-90th percentile of songs | median of songs | median | within "
        "| below the 90th | n |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for what, measures in report.items():
        if what == "lengths":
            continue
        for name in MEASURES:
            row = measures[name]
            songs = row["songs"]
            lines.append(
                f"| {what.replace('_', ' ')} | {name} | {songs['p10']:.2f} to {songs['p90']:.2f} | "
                f"{songs['median']:.2f} | {row['median']:.2f} | {row['within_songs']['value']:.2f} "
                f"| {row['below_90']['value']:.2f} | {row['within_songs']['n']} |"
            )
    return [*lines, "", *_lengths_table(report["lengths"])]


def _lengths_table(report: Json) -> list[str]:
    names = (*lengths.CLASSES, "median")
    lines = [f"| part | of | {' | '.join(names)} | n |", "|---" * (len(names) + 3) + "|"]
    for part in lengths.PITCHED:
        for what, rows in report.items():
            row = rows[part.value]
            values = (f"{row[name]:.2f}" if name in row else "-" for name in names)
            lines.append(f"| {part.value} | {what} | {' | '.join(values)} | {row['n']} |")
    return lines
