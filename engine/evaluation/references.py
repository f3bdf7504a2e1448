"""The songs that measures compare with: excerpts of the corpus, and the songs of the judge."""

from __future__ import annotations

import csv
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints, Mask, Tokens
from engine.errors import EmsyncError
from engine.metrics.features import FEATURES, feature_vector
from engine.music import vocabulary as voc
from engine.music.events import decode, encode, normalise
from engine.music.vocabulary import MORE_FROM, to_steps
from engine.parallel import Progress, spread
from engine.score import Score
from engine.training.corpus.labels import AROUSAL, VALENCE, first_known, is_judged
from engine.training.corpus.songs import UnusableSong, read_song
from engine.training.corpus.token_cache import Cache

DURATION = 30.0
"""Length in seconds of the excerpts that the judge is fitted on, and of the pieces it judges."""
EXCERPTS = 3
"""The most excerpts of a labelled song."""

Row = Mapping[str, str]
"""A row of a table: the value of each column."""
Excerpt = tuple[npt.NDArray[np.float32], Score]
"""The conditions of a whole song, as ``Conditions.vector(ALL)``, and an excerpt of it."""


@dataclass(frozen=True, slots=True)
class Songs:
    """Excerpts of labelled songs.

    features: [n, F]. labels: [n, 2] valence and arousal, NaN unknown. groups: [n] the number of
    the song; versions of one song share it. validation: [n] true for split=val.
    """

    features: Floats
    labels: Floats
    groups: Ints
    validation: Mask


@dataclass(frozen=True, slots=True)
class Clips:
    """EMOPIA: the features [n, F] and the quadrant [n] of each clip."""

    features: Floats
    quadrants: npt.NDArray[np.str_]


def read_table(path: Path, *columns: str) -> dict[str, dict[str, str]]:
    """The rows of a tab-separated table, by its column ``file``.

    Raises EmsyncError when it can't be read, or lacks ``file`` or one of ``columns``.
    """
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
    except (OSError, UnicodeDecodeError) as error:
        raise EmsyncError(f"{path}: no table can be read here; give a .tsv file") from error
    missing = [column for column in ("file", *columns) if not rows or column not in rows[0]]
    if missing:
        raise EmsyncError(
            f"{path}: lacks the column {missing[0]!r}; give a tab-separated table that has it"
        )
    return {row["file"]: row for row in rows}


def excerpt(tokens: Tokens, first: int, seconds: float) -> Score:
    """The music of a song from token ``first`` on, as a piece of its own.

    Notes that are already active there are left out, as a piece that begins there lacks them.
    """
    steps = np.cumsum(voc.STEPS[tokens[first:]])
    last = int(np.searchsorted(steps, to_steps(seconds), "right"))
    return decode(tokens[first : first + last].tolist(), seconds)


def draw_starts(tokens: Tokens, seconds: float, count: int, rng: np.random.Generator) -> list[int]:
    """Up to ``count`` BARs from which an excerpt fits, as indices of tokens, rising.

    They are spread over the song. Empty where the song is too short or has no BAR.
    """
    steps = np.cumsum(voc.STEPS[tokens])
    bars = np.flatnonzero(tokens == voc.BAR)
    bars = bars[steps[bars] + to_steps(seconds) <= steps[-1]]
    # One from each of ``count`` equal stretches, so that excerpts overlap as little as possible.
    return [int(rng.choice(some)) for some in np.array_split(bars, count) if len(some)]


def excerpts(
    cache: Cache, seconds: float, count: int, validation: bool, rng: np.random.Generator
) -> list[Excerpt]:
    """Up to ``count`` excerpts, one a song, with the conditions of the whole song.

    validation: draw from songs of split=val, else from training songs. Only songs of three or more
    families count, since the pieces that are asked for have as many.
    """
    songs = np.flatnonzero((cache.validation == validation) & (cache.families >= MORE_FROM))
    drawn: list[Excerpt] = []
    for song in rng.permutation(songs).tolist():
        tokens = cache.song(song)
        for first in draw_starts(tokens, seconds, 1, rng) if len(drawn) < count else ():
            drawn.append((cache.conditions[song], excerpt(tokens, first, seconds)))
    return drawn


def labelled(
    cache: Cache, table: Mapping[str, Row], workers: int = 1, progress: Progress | None = None
) -> Songs:
    """Excerpts of the songs that have labels for the judge, and of labelled songs of split=val.

    table: the corpus index by file. progress: called with the share of songs read so far.
    """
    chosen = []
    for song, name in enumerate(cache.names.tolist()):
        row = table.get(name, {})
        labels = first_known(row, VALENCE), first_known(row, AROUSAL)
        validation = bool(cache.validation[song])
        if np.isfinite(labels).any() and (validation or is_judged(row)):
            chosen.append((song, labels, row.get("split_group") or name, validation))
    jobs = [(cache.song(song), song) for song, *_ in chosen]
    features = spread(_song_features, jobs, workers, _as_share(progress, len(jobs)))
    counts = [len(rows) for rows in features]
    _, groups = np.unique([group for _, _, group, _ in chosen] or [""], return_inverse=True)
    return Songs(
        np.concatenate([np.zeros((0, len(FEATURES))), *features]),
        np.repeat(np.array([x[1] for x in chosen], np.float64).reshape(-1, 2), counts, axis=0),
        np.repeat(groups[: len(chosen)], counts),
        np.repeat(np.array([x[3] for x in chosen], bool), counts),
    )


def _song_features(job: tuple[Tokens, int]) -> Floats:
    """The features [n, F] of a song's excerpts; the second of the job seeds the draw."""
    tokens, seed = job
    starts = draw_starts(tokens, DURATION, EXCERPTS, np.random.default_rng(seed))
    rows = [feature_vector(excerpt(tokens, first, DURATION)) for first in starts]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def read_clips(
    archive: Path, table: Path, workers: int = 1, progress: Progress | None = None
) -> Clips:
    """The first 30 s of EMOPIA's clips, and the quadrant of each.

    archive: a .tar of the MIDI files. table: columns ``file`` and ``quadrant``. Clips too short to
    use are left out. progress: called with the share of clips read so far.

    Raises EmsyncError when the archive or the table can't be read, or they don't fit together.
    """
    rows = read_table(table, "quadrant")
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise EmsyncError(f"{archive}: no archive of MIDI files; give a .tar(.xz)") from error
        files = sorted(path for path in Path(folder).rglob("*.mid") if path.name in rows)
        features = spread(_clip_features, files, workers, _as_share(progress, len(files)))
        names = [path.name for path in files]
    known = [(name, row) for name, row in zip(names, features, strict=True) if row is not None]
    if not known:
        raise EmsyncError(f"{archive}: holds none of the files of {table}; give a matching pair")
    return Clips(
        np.array([row for _, row in known]),
        np.array([rows[name]["quadrant"] for name, _ in known]),
    )


def _clip_features(path: Path) -> Floats | None:
    """The features [F] of a clip, None if it is unusable."""
    try:
        score = normalise(read_song(path).score)
    except UnusableSong:
        return None
    return feature_vector(excerpt(encode(score), 0, min(DURATION, score.duration)))


def _as_share(progress: Progress | None, total: int) -> Progress | None:
    """A callback for counts that passes on their share of ``total``."""
    return None if progress is None else lambda count: progress(count / total)
