"""Prepares the token cache of a corpus.

It works in shards, in a folder of its own beside the cache (``CACHE.part``), and continues where it
was interrupted. The folder gets the cache's name once it is whole.
"""

from __future__ import annotations

import csv
import hashlib
import json
import multiprocessing
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from engine.arrays import Tokens
from engine.errors import EmsyncError
from engine.files import output_folder, rename_folder, replacing, write_atomically
from engine.metrics.label_features import GROUPS, label_features
from engine.music import conditions, vocabulary
from engine.music.events import encode, normalise
from engine.training.corpus.labels import emotion_labels, is_judged, share
from engine.training.corpus.pseudo_labels import pseudo_label
from engine.training.corpus.songs import READERS, UnusableSong, read_song

SHARD = 256
FORMAT = 4
"""The format of a shard; raised when its content changes."""
DIGEST, REPORT = "files.sha256", "report.json"
VALIDATION_SHARE = 0.05
"""The share of validation songs if no index gives the split. They are chosen by name, so stable."""

_COLUMNS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "names": (str, ()),
    "conditions": (np.float32, (len(conditions.ALL),)),
    "families": (np.int8, ()),
    "validation": (bool, ()),
    "labels": (np.float32, (2,)),
    "judged": (bool, ()),
    "groups": (str, ()),
    "label_features": (np.float32, (sum(GROUPS.values()),)),
    "lengths": (np.int64, ()),
}
"""The arrays of a shard, with a row a song: type and shape of a row."""

Row = dict[str, Any]
Job = tuple[Path, list[tuple[Path, Mapping[str, str]]]]


def prepare(source: Path, folder: Path, index: Path | None = None, workers: int = 2) -> Row:
    """Tokenise every song under ``source`` (MIDI and pypianoroll files); returns the report.

    folder: the cache, missing or empty. If it is the finished cache of these songs, nothing is
        done. Files in it are not taken as songs.
    index: a tab-separated table of the files to take. It has the columns ``file`` and ``split``,
        and may have labels: ``valence_spotify``, ``energy_spotify`` and others
        (:mod:`engine.training.corpus.labels`).
    workers: processes.

    Raises EmsyncError if there is no usable song, if the index can't be read, or if the folder has
    other content. A failure leaves no cache.
    """
    # Of "." too, the name must be known.
    folder = folder.resolve()
    work = folder.with_name(f"{folder.name}.part")
    files = sorted(p for p in source.resolve().rglob("*") if p.suffix.lower() in READERS)
    ours = (folder, work)
    files = [file for file in files if not any(map(file.is_relative_to, ours))]
    if not files:
        raise EmsyncError(f"{source}: no songs ({', '.join(READERS)}) here; give their folder")
    labels = read_index(index) if index else {}
    if index:
        files = [file for file in files if file.name in labels]
        if not files:
            raise EmsyncError(f"{index}: names none of the songs in {source}; give their index")
    # In random order, so that any few shards are a fair sample.
    files = [files[i] for i in np.random.default_rng(0).permutation(len(files))]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return _finished(folder, files)
    shards = output_folder(work / "shards")
    _same_songs(work, files)
    jobs: list[Job] = []
    for number, first in enumerate(range(0, len(files), SHARD)):
        path = shards / f"{number:05d}.npz"
        if not path.exists():
            some = files[first : first + SHARD]
            jobs.append((path, [(file, labels.get(file.name, {})) for file in some]))
    with multiprocessing.Pool(workers) as pool:
        for _ in tqdm(pool.imap(_write_shard, jobs), "preparing", len(jobs), unit="shard"):
            pass
    with ExitStack() as stack:
        paths = sorted(shards.glob("?????.npz"))
        report = _merge([stack.enter_context(np.load(path)) for path in paths], work)
    shutil.rmtree(shards)
    if not report["songs"]:
        shutil.rmtree(work)
        raise EmsyncError(
            f"{source}: none of the songs can be used; give longer ones with more notes"
        )
    rename_folder(work, folder)
    return report


def _merge(shards: Sequence[Row], folder: Path) -> Row:
    """Join all shards into the cache in ``folder``; returns the report. Writes nothing of none."""
    lengths = np.concatenate([shard["lengths"] for shard in shards])
    if not len(lengths):
        return {"songs": 0}
    start = np.append(0, np.cumsum(lengths))
    with replacing(folder / "tokens.npy") as beside, beside.open("wb") as file:
        # On a full disk a memory map would end the process.
        header = {"descr": "<u2", "fortran_order": False, "shape": (int(start[-1]),)}
        np.lib.format.write_array_header_1_0(file, header)
        for shard in shards:
            file.write(shard["tokens"].astype("<u2").tobytes())
    out = np.load(folder / "tokens.npy", mmap_mode="r")
    columns: Row = {
        name: np.concatenate([shard[name] for shard in shards])
        for name in ("names", "conditions", "families", "validation")
    }
    emotion, fits = pseudo_label(
        *(
            np.concatenate([shard[name] for shard in shards])
            for name in ("label_features", "labels", "groups", "judged", "validation")
        )
    )
    columns["conditions"][:, [conditions.ALL.index(name) for name in conditions.EMOTION]] = emotion
    with replacing(folder / "songs.npz") as beside:
        np.savez(beside, start=start, **columns)
    skipped: Counter[str] = Counter()
    for shard in shards:
        skipped.update(json.loads(str(shard["skipped"])))
    minutes = float(vocabulary.STEPS[out].sum()) * vocabulary.STEP_MS / 60_000
    report = {
        "songs": len(lengths),
        "validation_songs": int(columns["validation"].sum()),
        "skipped": dict(skipped),
        "tokens": int(start[-1]),
        "hours": minutes / 60,
        "tokens_per_minute": float(start[-1] / minutes),
        "chords_per_minute": float((out == vocabulary.CHORD).sum() / minutes),
        "families": {str(n): int((columns["families"] == n).sum()) for n in range(1, 6)},
        "known": {
            name: int(np.isfinite(columns["conditions"][:, i]).sum())
            for i, name in enumerate(conditions.ALL)
        },
        "pseudo_labels": fits,
    }
    write_atomically(folder / REPORT, json.dumps(report, indent=2) + "\n")
    return report


def _digest(files: Sequence[Path]) -> str:
    """What tells these songs, and the format of their shards, from others."""
    listed = "\n".join([f"format {FORMAT}", *(file.name for file in files)])
    return hashlib.sha256(listed.encode(errors="surrogateescape")).hexdigest()


def _same_songs(work: Path, files: Sequence[Path]) -> None:
    """Refuse other files than before: shards are numbered through the list of files."""
    digest, path = _digest(files), work / DIGEST
    if path.exists() and path.read_text() != digest:
        raise EmsyncError(
            f"{work}: begun with other songs or another version of EMSYNC; remove it, or choose "
            "another folder"
        )
    write_atomically(path, digest)


def _finished(folder: Path, files: Sequence[Path]) -> Row:
    """The report of a finished cache of these songs; raises EmsyncError for any other folder."""
    try:
        if (folder / DIGEST).read_text() == _digest(files):
            return dict(json.loads((folder / REPORT).read_text()))
    except (OSError, ValueError) as error:
        raise EmsyncError(f"{folder}: holds no whole cache; choose another folder") from error
    raise EmsyncError(
        f"{folder}: made of other songs or by another version of EMSYNC; choose another folder"
    )


def _write_shard(job: Job) -> None:
    path, songs = job
    rows: list[Row] = []
    tokens: list[Tokens] = []
    skipped: Counter[str] = Counter()
    for file, label in songs:
        try:
            song = read_song(file)
        except UnusableSong as reason:
            skipped[str(reason)] += 1
            continue
        tokens.append(encode(normalise(song.score)))
        rows.append(
            {
                "names": file.name,
                "conditions": song.conditions.vector(conditions.ALL),
                "families": len(song.instruments),
                "validation": _is_validation(file, label),
                "labels": emotion_labels(label),
                "judged": is_judged(label),
                "groups": label.get("split_group") or file.name,
                "label_features": label_features(tokens[-1]),
                "lengths": len(tokens[-1]),
            }
        )
    with replacing(path) as beside:
        np.savez_compressed(
            beside,
            allow_pickle=False,
            tokens=np.concatenate([np.array([], np.uint16), *tokens]),
            skipped=np.array(json.dumps(skipped)),
            **{
                name: np.array([row[name] for row in rows], dtype).reshape(len(rows), *shape)
                for name, (dtype, shape) in _COLUMNS.items()
            },
        )


def _is_validation(file: Path, label: Mapping[str, str]) -> bool:
    if "split" in label:
        return label["split"] == "val"
    return share(file.name) < VALIDATION_SHARE


def read_index(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a tab-separated table, by its column ``file``; raises EmsyncError."""
    try:
        with path.open(newline="") as lines:
            return {row["file"]: row for row in csv.DictReader(lines, delimiter="\t")}
    except (OSError, UnicodeDecodeError) as error:
        raise EmsyncError(f"{path}: can't be read; give a tab-separated table") from error
    except KeyError as error:
        raise EmsyncError(f"{path}: has no column 'file'; give a tab-separated table") from error
