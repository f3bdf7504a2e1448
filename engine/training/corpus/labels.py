"""Emotion labels of songs, and which of them the network may never see.

Valence is Spotify's, or Deezer's where Spotify has none; arousal is Spotify's energy, or Deezer's
arousal. (The paper's arousal is note density, which says less of how excited a song sounds: see
docs/training.md.) Two labelled songs in five keep their labels for the judge that later says how
well the network obeys (``emsync evaluate``): nothing learns from those labels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from engine.music.conditions import UNKNOWN

JUDGED_SHARE = 0.4
VALENCE = ("valence_spotify", "valence_deezer")
AROUSAL = ("energy_spotify", "arousal_deezer")


def emotion_labels(row: Mapping[str, str]) -> tuple[float, float]:
    """Valence and arousal of a song of the index, NaN where unknown."""
    return first_known(row, VALENCE), first_known(row, AROUSAL)


def is_judged(row: Mapping[str, str]) -> bool:
    """Whether the song's labels are the judge's; near-duplicates go together."""
    group = row.get("split_group") or row.get("file", "")
    return bool(group) and share(group) < JUDGED_SHARE


def first_known(row: Mapping[str, str], columns: tuple[str, ...]) -> float:
    """The first of these columns that has a value."""
    return next((float(row[column]) for column in columns if row.get(column)), UNKNOWN)


def share(name: str) -> float:
    """A stable number 0..1 of a name, as good as random."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
