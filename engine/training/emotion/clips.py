"""Features of labelled clips, made by the product's own experts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.emotion.experts.expert import FilmContext, Track
from engine.emotion.fusion_features import EXPERTS, film_features
from engine.emotion.fusion_network import Features
from engine.emotion.labels import LabelledFilm
from engine.errors import EmsyncError
from engine.files import output_folder, replacing
from engine.section import EKMAN
from engine.training.emotion.dataset import Video, split_named

Observe = Callable[[Path], tuple[Mapping[str, Track], FilmContext]]
"""Watches a film with all experts that are installed; returns their tracks by name."""


def read_clips(
    films: Sequence[LabelledFilm],
    root: Path,
    cache: Path,
    observe: Observe,
    skipped: Callable[[str], None],
    progress: Callable[[float], None] | None = None,
) -> list[Video]:
    """The clips that have an emotion, with their features.

    root: the folder of the clips, which their names are relative to. cache: a folder that keeps the
    features, so that a run that was stopped does not watch a clip again. skipped: receives a line
    for a clip that can't be watched. progress: receives the number of clips done.
    Raises EmsyncError if nothing can be watched.
    """
    output_folder(cache)
    videos = []
    for number, film in enumerate(films, 1):
        if film.emotion is not None:
            name = film.path.relative_to(root).as_posix()
            try:
                features = _kept(film.path, cache, observe)
            except EmsyncError as error:
                skipped(f"{error}; left out")
            else:
                emotion, split = EKMAN.index(film.emotion), split_named(film.split)
                videos.append(Video(name, emotion, features, split))
        if progress is not None:
            progress(number)
    if not any(video.features for video in videos):
        raise EmsyncError(
            f"{root}: no expert finds anything in {len(videos)} clips that can be watched; "
            "emsync doctor says which experts are missing"
        )
    return videos


def _kept(path: Path, cache: Path, observe: Observe) -> Features:
    """The features of a clip: those that the cache has, or new ones."""
    status = path.stat()
    key = f"{path.resolve()}\n{status.st_size}\n{status.st_mtime_ns}\n{EXPERTS}"
    kept = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
    if kept.exists():
        with np.load(kept) as arrays:
            return {name: arrays[name] for name in arrays.files}
    tracks, film = observe(path)
    features = film_features(tracks, 0.0, film.duration, film)
    with replacing(kept) as beside:
        np.savez(beside, **dict[str, Any](features))
    return features
