"""The token cache: all songs, one after the other, in one memory-mapped file.

A cache folder has ``tokens.npy`` (uint16), ``songs.npz`` (a row a song) and ``report.json``. The
report counts the songs, and the skipped ones by reason. :mod:`engine.training.corpus.prepare`
writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Ints, Mask, Tokens
from engine.errors import EmsyncError

FILES = ("tokens.npy", "songs.npz")
"""The files that :meth:`Cache.open` reads."""


@dataclass(frozen=True)
class Cache:
    """A prepared corpus, opened.

    tokens: [n], memory-mapped. start: [songs + 1], the first token of each song. names: [songs],
    of the files. conditions: [songs, len(conditions.ALL)], NaN unknown. families: [songs], the
    number of instruments. validation: [songs], true for validation songs.
    """

    tokens: Tokens
    start: Ints
    names: npt.NDArray[np.str_]
    conditions: npt.NDArray[np.float32]
    families: npt.NDArray[np.int8]
    validation: Mask

    @staticmethod
    def open(folder: Path) -> Cache:
        """Open a cache; raises EmsyncError if there is none, or one of another version."""
        try:
            songs = np.load(folder / "songs.npz")
            tokens = np.load(folder / "tokens.npy", mmap_mode="r")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise EmsyncError(
                f"{folder}: no token cache here; make one with emsync model prepare"
            ) from error
        if {*songs.files, "tokens"} != {field.name for field in fields(Cache)}:
            raise EmsyncError(f"{folder}: a cache of another version of EMSYNC; prepare it again")
        return Cache(tokens, **{name: songs[name] for name in songs.files})

    def __getstate__(self) -> dict[str, Any]:
        """The state for pickle. Another process maps the file itself and receives no tokens."""
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

    def song(self, index: int) -> Tokens:
        """The tokens of one song."""
        return np.asarray(self.tokens[self.start[index] : self.start[index + 1]])
