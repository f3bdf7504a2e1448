"""The songs that measures need: excerpts to compare with, and labelled ones for the judge."""

from __future__ import annotations

import csv
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Tokens
from engine.errors import EmsyncError
from engine.evaluation.emotion_judge import DURATION, Clips, Songs, hear
from engine.metrics.features import FEATURES
from engine.music import vocabulary as voc
from engine.music.events import decode, encode, normalise
from engine.music.vocabulary import MORE_FROM, to_steps
from engine.parallel import spread
from engine.score import Score
from engine.training.corpus.labels import AROUSAL, VALENCE, first_known, is_judged
from engine.training.corpus.songs import UnusableSong, read_song
from engine.training.corpus.token_cache import Cache

EXCERPTS = 3
"""Of each labelled song, at most."""

Progress = Callable[[float], None]
Row = Mapping[str, str]


def read_table(path: Path, *columns: str) -> dict[str, dict[str, str]]:
    """A tab-separated table by its column ``file``; it must have these other columns."""
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

    Notes that sound already are left out, as they would be in a piece that begins here.
    """
    clock = np.cumsum(voc.STEPS[tokens[first:]])
    last = int(np.searchsorted(clock, to_steps(seconds), "right"))
    return decode(tokens[first : first + last].tolist(), seconds)


def draw_starts(tokens: Tokens, seconds: float, count: int, rng: np.random.Generator) -> list[int]:
    """Up to ``count`` BARs from which an excerpt fits, spread over the song; rising.

    Empty where the song is too short or has no BAR.
    """
    clock = np.cumsum(voc.STEPS[tokens])
    bars = np.flatnonzero(tokens == voc.BAR)
    bars = bars[clock[bars] + to_steps(seconds) <= clock[-1]]
    # One from each of ``count`` equal stretches, so that they overlap as little as may be.
    return [int(rng.choice(some)) for some in np.array_split(bars, count) if len(some)]


def excerpts(
    cache: Cache, seconds: float, count: int, validation: bool, rng: np.random.Generator
) -> list[tuple[npt.NDArray[np.float32], Score]]:
    """Up to ``count`` excerpts, a song each, with the conditions of the whole song.

    validation: of split=val, else of training songs. Only songs of three or more families, for
    such are the pieces that are asked for.
    """
    songs = np.flatnonzero((cache.validation == validation) & (cache.families >= MORE_FROM))
    drawn: list[tuple[npt.NDArray[np.float32], Score]] = []
    for song in rng.permutation(songs).tolist():
        tokens = cache.song(song)
        for first in draw_starts(tokens, seconds, 1, rng) if len(drawn) < count else ():
            drawn.append((cache.conditions[song], excerpt(tokens, first, seconds)))
    return drawn


def labelled(
    cache: Cache, table: Mapping[str, Row], workers: int = 1, progress: Progress | None = None
) -> Songs:
    """Excerpts of the songs with labels for the judge, and of labelled songs of split=val.

    table: the corpus index by file. progress: is told which share of the songs has been heard.
    """
    told = progress or (lambda share: None)
    chosen = []
    for song, name in enumerate(cache.names.tolist()):
        row = table.get(name, {})
        labels = first_known(row, VALENCE), first_known(row, AROUSAL)
        validation = bool(cache.validation[song])
        if np.isfinite(labels).any() and (validation or is_judged(row)):
            chosen.append((song, labels, row.get("split_group") or name, validation))
    jobs = [(cache.song(song), song) for song, *_ in chosen]
    heard = spread(_hear_song, jobs, workers, lambda done: told(done / len(jobs)))
    counts = [len(rows) for rows in heard]
    _, groups = np.unique([group for _, _, group, _ in chosen] or [""], return_inverse=True)
    return Songs(
        np.concatenate([np.zeros((0, len(FEATURES))), *heard]),
        np.repeat(np.array([x[1] for x in chosen], np.float64).reshape(-1, 2), counts, axis=0),
        np.repeat(groups[: len(chosen)], counts),
        np.repeat(np.array([x[3] for x in chosen], bool), counts),
    )


def _hear_song(job: tuple[Tokens, int]) -> Floats:
    tokens, seed = job
    starts = draw_starts(tokens, DURATION, EXCERPTS, np.random.default_rng(seed))
    rows = [hear(excerpt(tokens, first, DURATION)) for first in starts]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def read_clips(
    archive: Path, table: Path, workers: int = 1, progress: Progress | None = None
) -> Clips:
    """EMOPIA's clips: their first 30 s, and the quadrant of each.

    archive: a .tar of the MIDI files. table: columns ``file`` and ``quadrant``. Clips too short to
    use are left out. progress: is told which share of them has been heard.
    """
    told = progress or (lambda share: None)
    rows = read_table(table, "quadrant")
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise EmsyncError(f"{archive}: no archive of MIDI files; give a .tar(.xz)") from error
        files = sorted(path for path in Path(folder).rglob("*.mid") if path.name in rows)
        heard = spread(_hear_clip, files, workers, lambda done: told(done / len(files)))
        names = [path.name for path in files]
    known = [(name, row) for name, row in zip(names, heard, strict=True) if row is not None]
    if not known:
        raise EmsyncError(f"{archive}: none of the files of {table} is in it; give what fits")
    return Clips(
        np.array([row for _, row in known]),
        np.array([rows[name]["quadrant"] for name, _ in known]),
    )


def _hear_clip(path: Path) -> Floats | None:
    try:
        score = normalise(read_song(path).score)
    except UnusableSong:
        return None
    return hear(excerpt(encode(score), 0, min(DURATION, score.duration)))
