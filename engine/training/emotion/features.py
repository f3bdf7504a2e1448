"""Reads features of videos from a folder, as the Ekman-6 record on Zenodo publishes them.

Zenodo record 17159328 (Sulun, Viana and Davies) has pretrained features of 1,637 videos. Its inner
layout is not documented, so this reader is tolerant. It takes files ``.npy``, ``.npz`` and ``.pt``
at any depth, and finds what they are by the words of their paths:

    modality  a folder, or the beginning or end of the file's name: clip, beats, face, asr, ocr
    emotion   ``labels.csv``; else a folder or a word of the file's name: anger, disgust, ...
    split     ``labels.csv``; else a folder: train, val, test; else a hash divides
    video     the file's name without the modality, or the folder of a file named after one

Where a file holds a mapping, its keys are read as further parts of the path.
``labels.csv`` has the columns ``file`` (the video's name), ``emotion`` and, optionally, ``split``.
A sequence may have more axes, as for two faces a frame: they are averaged.
"""

from __future__ import annotations

import csv
import io
import pickle
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.emotion.fusion_network import PAPER, Array, Modality, check
from engine.errors import EmsyncError, shown
from engine.files import read_text
from engine.section import EKMAN
from engine.training.emotion.dataset import Split, Video, split_named

SUFFIXES = (".npy", ".npz", ".pt", ".pth")

_ALIASES = {
    "clip": "clip", "beat": "beats", "beats": "beats", "face": "faces", "faces": "faces",
    "facial": "faces", "asr": "speech", "speech": "speech", "ocr": "titles", "title": "titles",
    "titles": "titles",
}  # fmt: skip
_NAME = (
    f"(?P<modality>{'|'.join(sorted(_ALIASES, key=len, reverse=True))})"
    "(?:[_. -]*(?:emotion|expression|sentiment|feature|embedding|feat)s?)*"
)
"""A modality's name with the words that may follow, as in ``face_emotion``."""
_WHOLE, _FIRST, _LAST = (
    re.compile(form, re.IGNORECASE)
    for form in (rf"{_NAME}$", rf"{_NAME}[_. -]+(?P<rest>.+)$", rf"(?P<rest>.+?)[_. -]+{_NAME}$")
)


@dataclass(slots=True)
class _Found:
    """What the files say of one video so far."""

    name: str
    emotion: str | None
    split: Split | None
    features: dict[str, Array] = field(default_factory=dict)


def feature_files(folder: Path) -> list[Path]:
    """All files of features in a folder, at any depth."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def has_features(folder: Path) -> bool:
    """Whether a folder has files of features. Raises EmsyncError if it is no folder."""
    if not folder.is_dir():
        raise EmsyncError(f"{folder}: is no folder; give unpacked features or labelled films")
    return any(p.suffix.lower() in SUFFIXES for p in folder.rglob("*"))


def read_features(
    folder: Path,
    left_out: Collection[str] = (),
    skipped: Callable[[str], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Video]:
    """The labelled videos of a folder of features, by name, with the modalities of the paper.

    left_out: names of videos that are not used, such as wrongly labelled ones. skipped: receives a
    line if the folder has arrays of no known modality. progress: receives the number of files done.
    Raises EmsyncError if nothing is found, if a file can't be read, if an array has another width,
    and if a video has no label.
    """
    files = feature_files(folder)
    if not files:
        raise EmsyncError(f"{folder}: has no features; they are files {', '.join(SUFFIXES)}")
    known = {modality.name: modality for modality in PAPER}
    table = _labels(folder / "labels.csv")
    found: dict[str, _Found] = {}
    unknown: list[Path] = []
    for number, path in enumerate(files, 1):
        for place, value in _leaves(_load(path), path):
            words, array = _Words.of(place.relative_to(folder)), _numbers(value)
            if words.modality is None or array is None:
                unknown.append(place)
                continue
            own = _Found(words.name, words.emotion, words.split)
            video = found.setdefault(words.folder + words.name, own)
            video.features[words.modality] = _fitted(array, known[words.modality], place)
        if progress is not None:
            progress(number)
    if not found:
        raise EmsyncError(
            f"{unknown[0]}: no modality in its path, or no numbers in it; name a folder or the "
            "file clip, beats, face, asr or ocr"
        )
    if unknown and skipped is not None:
        skipped(f"{len(unknown)} arrays are of no modality, such as {unknown[0]}; left out")
    videos = []
    for name, video in sorted(found.items()):
        if name in left_out or video.name in left_out:
            continue
        emotion, split = table.get(video.name, (video.emotion, video.split))
        if emotion is None:
            raise EmsyncError(
                f"{folder}: video {shown(name)} has no emotion; put its files into a folder of "
                "that name, or list it in labels.csv (file, emotion)"
            )
        check(video.features, PAPER, name)
        videos.append(Video(name, EKMAN.index(emotion), video.features, split))
    return videos


@dataclass(frozen=True, slots=True)
class _Words:
    """What the words of a file's path mean. folder: of the emotion, as a prefix of the name."""

    modality: str | None
    emotion: str | None
    split: Split | None
    folder: str
    name: str

    @classmethod
    def of(cls, path: Path) -> _Words:
        *folders, stem = path.with_suffix("").parts
        modality = next((found for part in folders if (found := modality_named(part))), None)
        emotion = next((part.lower() for part in folders if part.lower() in EKMAN), None)
        split = next((found for part in folders if (found := split_named(part))), None)
        prefix = f"{emotion}/" if emotion else ""
        if named := modality_named(stem):
            # The file is called after its modality, so its folder is the video.
            modality, stem = modality or named, folders[-1] if folders else stem
        elif match := _FIRST.match(stem) or _LAST.match(stem):
            named = _ALIASES[match["modality"].lower()]
            if modality in (None, named):
                modality, stem = named, match["rest"]
        words = re.split(r"[_. -]+", stem.lower())
        emotion = emotion or next((word for word in words if word in EKMAN), None)
        return cls(modality, emotion, split, prefix, stem)


def modality_named(word: str) -> str | None:
    """The modality that a word names, such as ``asr_sentiment``; None for any other word."""
    match = _WHOLE.match(word)
    return _ALIASES[match["modality"].lower()] if match else None


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """What a file holds. The keys of mappings count as further parts of the path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, path.with_suffix("") / str(key))
    else:
        yield path, value


def _load(path: Path) -> Any:
    """What a file holds: an array, or a mapping of arrays. No code in it is run."""
    try:
        if path.suffix.lower() in (".pt", ".pth"):
            import torch

            return torch.load(path, map_location="cpu", weights_only=True)
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        with loaded:
            return {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        raise EmsyncError(f"{path}: can't be read as features; unpack it again") from error


def _numbers(value: Any) -> Array | None:
    """A value as an array; None if it is no array of numbers, such as a text, or an empty one."""
    try:
        found = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        return None
    if found.dtype.kind not in "fiu" or not found.ndim or not found.size:
        return None
    return found.astype(np.float32)


def _fitted(values: Array, modality: Modality, where: Path) -> Array:
    """An array as [n, width] of a sequence, or [width]; axes between are averaged."""
    if values.shape[-1] != modality.width:
        raise EmsyncError(
            f"{where}: {modality.name} has the shape {list(values.shape)}; "
            f"its last axis must be {modality.width}"
        )
    if not modality.sequence:
        return values.reshape(-1, modality.width).mean(0)
    while values.ndim > 2 and len(values) == 1:
        values = values[0]
    return values.reshape(len(values) if values.ndim > 1 else 1, -1, modality.width).mean(1)


def _labels(path: Path) -> dict[str, tuple[str, Split | None]]:
    """The emotion and split of each video in a table; empty without the table."""
    if not path.exists():
        return {}
    found = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(read_text(path))), 2):
        emotion = (row.get("emotion") or "").strip().lower()
        if not row.get("file") or emotion not in EKMAN:
            raise EmsyncError(
                f"{path}, line {number}: give file and emotion, one of {', '.join(EKMAN)}"
            )
        found[Path(row["file"]).stem] = emotion, split_named((row.get("split") or "").strip())
    return found
