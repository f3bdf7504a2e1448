"""The sources of a cut, and its edits one after another, for every kind of edit list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from engine.timeline.edl import Edit


def one_after_another(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits, each of which ends where the next begins to be mixed with it."""
    return (
        *(replace(edit, end=min(edit.end, after.start)) for edit, after in pairwise(edits)),
        *edits[-1:],
    )


def source_names(url: str, name: str) -> tuple[str, str]:
    """The reel and the clip of a source: its folder and file name, and the file name alone.

    url: of its file; empty if it is unknown, and then its name in the list is both. Cameras give
    the same names to files in different folders.
    """
    path = PurePath(unquote(urlsplit(url).path))
    if not path.name:
        return name.strip().upper(), name.strip()
    return "/".join(path.parts[-2:]).lstrip("/").upper(), path.name
