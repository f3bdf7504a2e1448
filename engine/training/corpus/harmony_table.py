"""The table of harmony of a folder of songs, and its text as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from engine.errors import EmsyncError
from engine.parallel import Progress, spread
from engine.training.corpus.bar_chords import BarChords, bar_chords
from engine.training.corpus.harmony_counts import count_harmony
from engine.training.corpus.songs import READERS
from engine.training.corpus.source_song import UnusableSong

NAMES = (
    "A chord is ROOT:SUFFIX with the root in semitones above the tonic; without a suffix it is a "
    "major triad. A phrase has four bars; a bar has one chord, or one in each half."
)
"""How to read the table."""

Bars = Callable[[str, float, str], AbstractContextManager[Progress]]
"""Shows progress: title, total and unit; see ``bridge.cli.progress``."""


def count_folder(
    source: Path,
    index: Mapping[str, Mapping[str, str]] | None,
    workers: int,
    progress_bar: Bars,
) -> dict[str, Any]:
    """The counts of the songs under ``source``: ``source``, ``names``, ``major`` and ``minor``.

    index: the rows of the corpus index by file. Only files of split=train count; all without it.
    Raises EmsyncError if there are no such songs, or none with clear chords.
    """
    files = sorted(path for path in source.rglob("*") if path.suffix.lower() in READERS)
    if index is not None:
        files = [path for path in files if index.get(path.name, {}).get("split") == "train"]
    if not files:
        which = "" if index is None else " that the index has under split=train"
        raise EmsyncError(
            f"{source}: no songs ({', '.join(READERS)}){which} here; give the folder of the songs"
        )
    with progress_bar("Counting", len(files), "songs") as show:
        found = spread(read_chords, files, workers, show)
    rows = index or {}
    songs: list[tuple[str, BarChords]] = []
    licences: Counter[str] = Counter()
    for path, chords in zip(files, found, strict=True):
        if chords is not None:
            row = rows.get(path.name, {})
            songs.append((row.get("split_group") or path.name, chords))
            licences[row.get("licence") or "licence not stated"] += 1
    if not songs:
        raise EmsyncError(f"{source}: no song has a steady metre, a clear key and clear chords")
    listed = "; ".join(f"{licence}: {count}" for licence, count in licences.most_common())
    text = (
        f"Counted by emsync model count-harmony in {len(songs)} songs ({listed}). Counts of chords "
        "are statistics; no song's notes or text are here."
    )
    return {"source": text, "names": NAMES, **count_harmony(songs)}


def read_chords(path: Path) -> BarChords | None:
    """The chords of a file; None where it can't be read or its chords are not clear."""
    try:
        return bar_chords(READERS[path.suffix.lower()](path))
    except UnusableSong:
        return None


def to_json(table: Mapping[str, Any]) -> str:
    """The table as JSON: a line for every list and for the steps from a chord."""
    lines = []
    for name, value in table.items():
        if isinstance(value, str):
            lines.append(f'"{name}": {json.dumps(value)}')
            continue
        inner = [f'  "{field}": {_field(content)}' for field, content in value.items()]
        lines.append(f'"{name}": {{\n' + ",\n".join(inner) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _field(content: Any) -> str:
    if isinstance(content, dict) and all(isinstance(row, dict) for row in content.values()):
        rows = [f"    {json.dumps(key)}: {json.dumps(row)}" for key, row in content.items()]
        return "{\n" + ",\n".join(rows) + "\n  }" if rows else "{}"
    return json.dumps(content)
