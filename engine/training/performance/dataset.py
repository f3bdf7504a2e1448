"""Songs as the rows that the network learns from, one a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from zlib import crc32

import numpy as np

from engine.arrays import Floats, Ints
from engine.errors import EmsyncError
from engine.parallel import spread
from engine.performance import features, history
from engine.performance.bins import bin_of
from engine.performance.network import OFFSETS
from engine.performance.passage import Passage
from engine.training.corpus.prepare import read_index
from engine.training.corpus.source_song import UnusableSong
from engine.training.performance.songs import UNKNOWN, PlayedSong, read_played


@dataclass(frozen=True, slots=True)
class Rows:
    """Notes to learn from.

    features: [n, features.COUNT + history.COUNT], int16. song, part: [n]. target: the bin of each
    velocity, [n]. level, spread: mean and standard deviation of the note's part, [n].
    """

    features: np.ndarray
    song: Ints
    part: Ints
    target: Ints
    level: Floats
    spread: Floats

    def __len__(self) -> int:
        return len(self.target)

    def __getitem__(self, chosen: Ints) -> Rows:
        """Some of the rows."""
        return Rows(*(getattr(self, field.name)[chosen] for field in fields(self)))


def song_rows(song: PlayedSong) -> Rows:
    """The rows of one song: its notes with a known velocity."""
    known = song.velocity != UNKNOWN
    score = features.features(song.notes)
    before = velocities_before(song.notes, song.velocity)
    level, deviation = np.zeros(len(known)), np.zeros(len(known))
    for part in range(features.PARTS):
        mine = known & (song.notes.part == part)
        if mine.any():
            level[mine], deviation[mine] = song.velocity[mine].mean(), song.velocity[mine].std()
    both = np.concatenate([score, before], axis=1).astype(np.int16)
    return Rows(
        both[known],
        np.zeros(int(known.sum()), np.int64),
        song.notes.part[known],
        bin_of(song.velocity[known]),
        level[known],
        deviation[known],
    )


def velocities_before(notes: Passage, velocity: Ints) -> Ints:
    """The features of the velocities before each note, [n, history.COUNT].

    A note of unknown velocity leaves no trace.
    """
    past = history.History()
    rows = []
    columns = (
        notes.onset, notes.part, notes.pitch, features.twelfths(notes), velocity, bin_of(velocity)
    )  # fmt: skip
    for onset, part, pitch, twelfth, played, number in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        rows.append(past.features(onset, part, pitch, twelfth))
        if played != UNKNOWN:
            past.push(part, pitch, twelfth, number, played)
    return np.array(rows, np.int64).reshape(len(notes), history.COUNT)


def with_style(of_notes: Ints, asked: Ints) -> Ints:
    """Rows of the table [n, features]. of_notes: the features of score and history."""
    score, before = of_notes[:, : features.COUNT], of_notes[:, features.COUNT :]
    return np.concatenate([score, asked, before], axis=1) + OFFSETS


def split_files(
    source: Path, index: Path, most: int, seed: int, needed: Sequence[str] = ("train", "val")
) -> tuple[list[Path], list[Path]]:
    """The training files, at most ``most`` of them drawn by chance, and all validation files.

    index: a tab-separated table with the columns ``file`` and ``split`` (train or val).
    Raises EmsyncError for a source that is no folder, and an index that can't be read or names no
    song of a split.
    """
    if not source.is_dir():
        raise EmsyncError(f"{source}: is no folder; give the folder of the songs")
    table = read_index(index)
    files: dict[str, list[Path]] = {"train": [], "val": []}
    for path in sorted(source.rglob("*")):
        if path.suffix.lower() in (".mid", ".midi") and path.name in table:
            files.setdefault(table[path.name].get("split", "train"), []).append(path)
    for split in needed:
        if not files[split]:
            raise EmsyncError(f"{index}: names no song of {source} with split={split}; add some")
    order = np.random.default_rng(seed).permutation(len(files["train"]))[:most]
    return [files["train"][place] for place in order], files["val"]


def read_rows(
    files: Sequence[Path],
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
    most: int | None = None,
) -> Rows:
    """The rows of all songs that can be used.

    progress: receives the number of files read. most: rows of a song; more are drawn by chance, so
    that many songs fit into memory.
    """
    jobs = [(path, most) for path in files]
    songs = [rows for rows in spread(_rows, jobs, workers, progress) if rows is not None]
    numbered = [np.full(len(rows), number) for number, rows in enumerate(songs)]
    return Rows(
        np.concatenate([rows.features for rows in songs]),
        np.concatenate(numbered),
        *(
            np.concatenate([getattr(rows, name) for rows in songs])
            for name in ("part", "target", "level", "spread")
        ),
    )


def _rows(job: tuple[Path, int | None]) -> Rows | None:
    path, most = job
    try:
        rows = song_rows(read_played(path))
    except UnusableSong:
        return None
    if most is None or len(rows) <= most:
        return rows
    rng = np.random.default_rng(crc32(path.name.encode(errors="surrogateescape")))
    return rows[np.sort(rng.choice(len(rows), most, replace=False))]
