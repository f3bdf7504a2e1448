"""Features for the fusion network from what the experts observed in a film.

The paper's features come from networks of 768 outputs that no package carries, CLIP excepted. A
network can be trained on the experts' readings instead: :data:`EXPERTS` are its modalities. One
that was trained on the paper's features gets CLIP's alone; the others count as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from engine.emotion.experts.expert import FilmContext, Track
from engine.emotion.fusion_network import STEPS, Array, Features, Modality
from engine.emotion.reading import Reading
from engine.section import EKMAN

READING = len(EKMAN) + 3
"""Features of a reading: the six probabilities, valence, arousal and confidence."""

_SEQUENCES = {"look": ("look",), "sound": ("sound", "speech"), "faces": ("faces",)}
"""Modality -> the experts whose readings it has, side by side."""
WINDOW = 4.0
"""The least length of a step's window in seconds, if the stretch is as long."""
_SINGLES = ("words", "titles")

EXPERTS = (
    Modality("clip", 512, True),
    *(Modality(name, READING * len(experts), True) for name, experts in _SEQUENCES.items()),
    *(Modality(name, READING, False) for name in _SINGLES),
)
"""The modalities that the experts give; ``clip`` is of the expert ``scene``."""


def film_features(
    tracks: Mapping[str, Track],
    start: float,
    end: float,
    film: FilmContext,
    modalities: Sequence[Modality] = EXPERTS,
) -> Features:
    """The features of a stretch of film, from ``start`` to ``end`` seconds.

    tracks: by the experts' names. modalities: those that the network takes. Modalities without any
    evidence in the stretch are left out, and those that the experts can't give.
    """
    found: dict[str, Array] = {}
    if (scene := tracks.get("scene")) is not None:
        arrays = scene.arrays()
        inside = (arrays["times"] >= start) & (arrays["times"] < end)
        if inside.any():
            found["clip"] = arrays["embeddings"][inside].astype(np.float32)
    windows = list(_windows(start, end))
    for name, experts in _SEQUENCES.items():
        columns = [
            [_reading(tracks, expert, *window, film) for expert in experts] for window in windows
        ]
        if any(reading.confidence > 0 for row in columns for reading in row):
            found[name] = np.array([np.concatenate([_vector(r) for r in row]) for row in columns])
    for name in _SINGLES:
        reading = _reading(tracks, name, start, end, film)
        if reading.confidence > 0:
            found[name] = _vector(reading)
    return {m.name: found[m.name] for m in modalities if _fits(found.get(m.name), m)}


def _windows(start: float, end: float) -> Iterator[tuple[float, float]]:
    """The window of each step. In a short stretch they overlap, as no expert reads a moment."""
    length = min(end - start, max((end - start) / STEPS, WINDOW))
    for step in range(STEPS):
        middle = start + (end - start) * (step + 0.5) / STEPS
        left = min(max(start, middle - length / 2), end - length)
        yield left, left + length


def _fits(array: Array | None, modality: Modality) -> bool:
    return array is not None and array.shape[-1] == modality.width


def _reading(
    tracks: Mapping[str, Track], expert: str, start: float, end: float, film: FilmContext
) -> Reading:
    track = tracks.get(expert)
    return Reading() if track is None else track.reading(start, end, film)


def _vector(reading: Reading) -> Array:
    """A reading as ``READING`` numbers; a coordinate that it lacks is 0."""
    valence = arousal = 0.0
    if (point := reading.point) is not None:
        valence = point.valence if np.isfinite(point.valence_sd) else 0.0
        arousal = point.arousal if np.isfinite(point.arousal_sd) else 0.0
    probabilities = [reading.probabilities[name] for name in EKMAN]
    return np.array([*probabilities, valence, arousal, reading.confidence], np.float32)
