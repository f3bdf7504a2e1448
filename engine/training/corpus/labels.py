"""Emotion labels of songs, and which of them are reserved for evaluation.

Valence is Spotify's, or Deezer's if Spotify has none. Arousal is Spotify's energy, or else Deezer's
arousal. The paper's arousal is note density, which says less about how excited a song sounds: see
docs/training.md. The labels of two labelled songs in five are reserved for the judge of ``emsync
model evaluate``, which measures how well the network follows emotion. Nothing learns from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from engine.music.conditions import UNKNOWN

JUDGED_SHARE = 0.4
"""The share of labelled songs that are reserved for the judge."""
VALENCE = ("valence_spotify", "valence_deezer")
AROUSAL = ("energy_spotify", "arousal_deezer")


def emotion_labels(row: Mapping[str, str]) -> tuple[float, float]:
    """Valence and arousal of a song of the index, NaN where unknown."""
    return first_known(row, VALENCE), first_known(row, AROUSAL)


def is_judged(row: Mapping[str, str]) -> bool:
    """Whether the song's labels are reserved for the judge; the same for near-duplicates."""
    group = row.get("split_group") or row.get("file", "")
    return bool(group) and share(group) < JUDGED_SHARE


def first_known(row: Mapping[str, str], columns: tuple[str, ...]) -> float:
    """The value of the first of these columns that has one; NaN if none has."""
    return next((float(row[column]) for column in columns if row.get(column)), UNKNOWN)


def share(name: str) -> float:
    """A pseudo-random number 0..1 that depends on the name alone."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
