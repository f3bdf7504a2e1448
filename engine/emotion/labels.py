"""Folders of films with known emotions: for training and for evaluation.

The films may lie in one folder for each of Ekman's emotions (``clips/joy/a.mp4``). Or the folder
has a table ``labels.csv``, with the column ``file`` and at least one of ``emotion``, ``valence``
and ``arousal``. A column ``split`` (train, val, test) is optional.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EmsyncError, shown
from engine.files import read_text
from engine.section import EKMAN

TABLE = "labels.csv"

_SUFFIXES = {".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ts", ".webm"}


@dataclass(frozen=True, slots=True)
class LabelledFilm:
    """A film and what people say of it.

    emotion: one of EKMAN; None if unknown. valence, arousal: -1..1; NaN if unknown. split: as the
    table has it, else empty.
    """

    path: Path
    emotion: str | None
    valence: float = math.nan
    arousal: float = math.nan
    split: str = ""


def labelled_films(folder: Path) -> tuple[LabelledFilm, ...]:
    """The labelled films of a folder, by path.

    Raises EmsyncError if it has none, and for a faulty table.
    """
    if not folder.is_dir():
        raise EmsyncError(f"{folder}: is no folder; give one with labelled films")
    table = folder / TABLE
    if table.exists():
        return _from_table(folder, table)
    films = [
        LabelledFilm(path, place.name.lower())
        for place in sorted(folder.iterdir())
        if place.is_dir() and place.name.lower() in EKMAN
        for path in sorted(place.rglob("*"))
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
    ]
    if not films:
        raise EmsyncError(
            f"{folder}: no labelled films; put them into folders named {', '.join(EKMAN)}, "
            f"or add a {TABLE}"
        )
    return tuple(films)


def _from_table(folder: Path, table: Path) -> tuple[LabelledFilm, ...]:
    rows = csv.DictReader(io.StringIO(read_text(table)))
    columns = {name.strip().lower() for name in rows.fieldnames or () if name}
    if "file" not in columns or not columns & {"emotion", "valence", "arousal"}:
        raise EmsyncError(f"{table}: needs the column file and one of emotion, valence and arousal")
    films = []
    for number, row in enumerate(rows, 2):
        entries = {
            name.strip().lower(): (entry or "").strip()
            for name, entry in row.items()
            if isinstance(name, str)
        }
        films.append(_from_row(folder, entries, f"{table}, line {number}"))
    if not films:
        raise EmsyncError(f"{table}: has no films; add a line for each")
    return tuple(films)


def _from_row(folder: Path, entries: dict[str, str], where: str) -> LabelledFilm:
    emotion = entries.get("emotion", "").lower() or None
    if emotion is not None and emotion not in EKMAN:
        raise EmsyncError(f"{where}: emotion {shown(emotion)}; give one of {', '.join(EKMAN)}")
    path = folder / entries["file"]
    if not entries["file"] or not path.is_file():
        raise EmsyncError(f"{where}: no file {shown(entries['file'])} in {folder}")
    valence, arousal = (
        _number(entries.get(name, ""), name, where) for name in ("valence", "arousal")
    )
    if emotion is None and math.isnan(valence) and math.isnan(arousal):
        raise EmsyncError(f"{where}: has no label; give an emotion, valence or arousal")
    return LabelledFilm(path, emotion, valence, arousal, entries.get("split", ""))


def _number(text: str, name: str, where: str) -> float:
    if not text:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if not -1 <= number <= 1:
        raise EmsyncError(f"{where}: {name} {shown(text)}; give a number from -1 to 1")
    return number
