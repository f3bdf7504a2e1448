"""Videos with features and a label, and their division into train, validation and test."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.arrays import Ints
from engine.emotion.fusion_network import Features, Modality, Range
from engine.errors import EmsyncError
from engine.section import EKMAN

Split = Literal["train", "val", "test"]

SPLITS: tuple[Split, ...] = ("train", "val", "test")
_SHARES = (0.7, 0.15, 0.15)
"""Of the videos, where the data set has no split of its own."""

_SPELLINGS: dict[str, Split] = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "dev": "val", "test": "test", "testing": "test",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Video:
    """A labelled video. emotion: index into EKMAN. split: None where the data set says none."""

    name: str
    emotion: int
    features: Features
    split: Split | None = None


def split_named(word: str) -> Split | None:
    """The split that a word names, such as ``validation``; None for any other word."""
    return _SPELLINGS.get(word.lower())


def divide(videos: Sequence[Video]) -> dict[Split, list[Video]]:
    """The videos by split.

    Videos without a split are divided 70/15/15 by a hash of their name, so a video stays where it
    is when others are added. If the data set has train and test alone, a hash takes 15% of train
    for validation. Raises EmsyncError if a split remains empty.
    """
    given = {video.split for video in videos}
    parts: dict[Split, list[Video]] = {split: [] for split in SPLITS}
    for video in videos:
        split = video.split
        place = _place(video.name)
        if split is None:
            split = SPLITS[int(np.searchsorted(np.cumsum(_SHARES)[:-1], place, "right"))]
        elif split == "train" and "val" not in given and place < _SHARES[1]:
            split = "val"
        parts[split].append(video)
    for split, members in parts.items():
        if not members:
            raise EmsyncError(
                f"of {len(videos)} videos none is in the split {split!r}: give more videos, or "
                "a labels.csv with the column split (train, val, test)"
            )
    return parts


def ranges(videos: Sequence[Video], modalities: Sequence[Modality]) -> dict[str, Range]:
    """The least and the greatest feature of each modality that any of the videos has."""
    found: dict[str, Range] = {}
    for modality in modalities:
        arrays = [v.features[modality.name] for v in videos if modality.name in v.features]
        if arrays:
            low, high = min(a.min() for a in arrays), max(a.max() for a in arrays)
            found[modality.name] = (float(low), float(high))
    return found


def labels(videos: Sequence[Video]) -> Ints:
    """The emotions of videos [n], as indices into EKMAN."""
    return np.array([video.emotion for video in videos], np.int64)


def counts(videos: Sequence[Video]) -> str:
    """How many videos each emotion has, for a person to read."""
    found = np.bincount(labels(videos), minlength=len(EKMAN)).tolist()
    return ", ".join(f"{name} {count}" for name, count in zip(EKMAN, found, strict=True))


def _place(name: str) -> float:
    """A number 0..1 that only the name decides."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
