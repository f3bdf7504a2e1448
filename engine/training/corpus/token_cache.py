"""The token cache: every song end to end in one memory-mapped file.

A cache folder holds ``tokens.npy`` (uint16), ``songs.npz`` (a row a song) and ``report.json``
(what went in, what was left out and why); :mod:`engine.training.corpus.prepare` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import EmsyncError

FILES = ("tokens.npy", "songs.npz")
"""What :meth:`Cache.open` reads."""


@dataclass(frozen=True)
class Cache:
    """A prepared corpus, opened.

    tokens: [n] uint16, memory-mapped. start: [songs + 1] where each song begins.
    names: [songs] of the files. conditions: [songs, len(conditions.ALL)], NaN unknown.
    families: [songs] how many play. validation: [songs] true for split=val.
    """

    tokens: npt.NDArray[np.uint16]
    start: npt.NDArray[np.int64]
    names: npt.NDArray[np.str_]
    conditions: npt.NDArray[np.float32]
    families: npt.NDArray[np.int8]
    validation: npt.NDArray[np.bool_]

    @staticmethod
    def open(folder: Path) -> Cache:
        """Open what ``emsync prepare`` wrote."""
        try:
            songs = np.load(folder / "songs.npz")
            tokens = np.load(folder / "tokens.npy", mmap_mode="r")
        except FileNotFoundError as error:
            raise EmsyncError(
                f"{folder}: no token cache here; make one with emsync prepare"
            ) from error
        if {*songs.files, "tokens"} != {field.name for field in fields(Cache)}:
            raise EmsyncError(f"{folder}: a cache of another version of EMSYNC; prepare it anew")
        return Cache(tokens, **{name: songs[name] for name in songs.files})

    def __getstate__(self) -> dict[str, Any]:
        """Another process maps the file itself, rather than be sent all its tokens."""
        state = dict(self.__dict__)
        if isinstance(self.tokens, np.memmap) and self.tokens.filename:
            state["tokens"] = Path(self.tokens.filename)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if isinstance(state["tokens"], Path):
            state["tokens"] = np.load(state["tokens"], mmap_mode="r")
        self.__dict__.update(state)

    def __len__(self) -> int:
        return len(self.families)

    def song(self, index: int) -> npt.NDArray[np.uint16]:
        """The tokens of one song."""
        return np.asarray(self.tokens[self.start[index] : self.start[index + 1]])
