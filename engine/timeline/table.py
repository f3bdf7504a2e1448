"""Tables of hits: CSV and its relatives with a header, from spreadsheets and editing programs.

Cells are parted by commas, semicolons, tabs or bars. Headers are found by their usual names, those
of REAPER, Premiere and Resolve among them; other columns are ignored.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.emotion.notation import parse_emotion, read_number
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import KINDS, Hit, HitList, Kind, in_order
from engine.timecode import Clock
from engine.timeline.labels import (
    clean,
    named_hit,
    parse_must,
    tagged,
)
from engine.timeline.text import decode, stated_clock, statement

SEPARATORS = "\t;,|"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time": (
        "time", "record in", "record start", "start", "start time", "in", "timecode", "tc",
        "timecode in", "tc in", "marker in", "position", "location", "seconds", "begin", "hit time",
    ),
    "frame": ("frame", "frames", "frame number", "start frame"),
    "end": ("end", "record out", "record end", "end time", "out", "timecode out", "tc out", "stop"),
    "duration": ("duration", "length", "lasts"),
    "label": ("label", "name", "marker name", "marker", "hit", "title", "text"),
    "comment": ("description", "comment", "comments", "notes", "note", "marker comment"),
    "weight": ("weight", "strength", "importance"),
    "must": ("must", "must/may", "priority"),
    "emotion": ("emotion", "mood"),
    "valence": ("valence",),
    "arousal": ("arousal",),
    "kind": ("kind", "transition", "c"),
}  # fmt: skip
"""Field -> the headers that it may have, the best first."""
EDITS: Mapping[str, Kind] = {"c": "cut", "d": "dissolve", "w": "wipe", **{k: k for k in KINDS}}
"""What a cell of the column ``kind`` says; anything else is a marker."""
OWN = ("time", "end", "label", "weight", "must", "emotion", "kind")
"""The columns that ``write`` writes."""


def header_row(text: str) -> tuple[int, str] | None:
    """The index of the line with the headers, and its separator; None for a text without one."""
    for row, line in enumerate(text.splitlines()):
        content = line.strip().strip('"')
        if not content or (content.startswith("#") and not content.startswith(("#,", "#;", "#\t"))):
            continue
        found = max(SEPARATORS, key=lambda mark: len(_fields(line.split(mark))))
        names = _fields(line.split(found))
        return (row, found) if names.keys() & {"time", "frame"} else None
    return None


def read(path: Path, clock: Clock) -> HitList:
    """The hits of a table. Raises EmsyncError that names the wrong line."""
    return parse(decode(path.read_bytes(), str(path)), str(path), clock)


def parse(text: str, name: str, clock: Clock) -> HitList:
    """The hits of a table; name: what errors call it. Raises EmsyncError for a wrong line."""
    found = header_row(text)
    if found is None:
        raise EmsyncError(f"{name}: has no column {', '.join(COLUMNS['time'][:4])} or the like")
    first, separator = found
    clock = stated_clock(text, name, clock)
    hits: list[Hit] = []
    fields: dict[str, int] = {}
    for row, cells in _rows(text, name, first, separator):
        if not fields:
            fields = _fields(cells)
            width = len(cells)
            continue
        if not any(map(str.strip, cells)) or (cells[0].startswith("#") and not any(cells[1:])):
            continue
        if any(map(str.strip, cells[width:])):
            raise EmsyncError(
                f"{name}, line {row}: has {len(cells)} cells under {width} headers; put a text "
                "that holds the separator into quotes"
            )
        given = {key: cells[at].strip() for key, at in fields.items() if at < len(cells)}
        try:
            hits.append(_hit({key: cell for key, cell in given.items() if cell}, clock))
        except ValueError as error:
            raise EmsyncError(f"{name}, line {row}: {error}") from error
    return HitList(in_order(hits), clock)


def write(hits: HitList, path: Path) -> None:
    """Write the hits as a table; separated by tabs where the suffix is ``.tsv``."""
    rows: list[tuple[str, ...]] = []
    for hit in hits.hits:
        emotion = hit.emotion or ""
        if isinstance(emotion, tuple):
            emotion = " ".join(map(repr, emotion))
        rows.append(
            (
                hits.clock.text(hit.seconds),
                "" if hit.end is None else hits.clock.text(hit.end),
                # A label that reads like tags gets one, so that it is read as it is.
                tagged(Hit(0.0, hit.label)),
                f"{hit.weight!r}".removesuffix(".0"),
                "must" if hit.must else "may",
                emotion,
                hit.kind,
            )
        )
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    write_rows(path, [OWN, *rows], separator, tuple(statement(hits.clock)))


def write_reaper(hits: HitList, path: Path) -> None:
    """Write the hits as REAPER's marker list, regions with their ends, in seconds."""
    rows = [
        (
            f"{'M' if hit.end is None else 'R'}{number}",
            tagged(hit, {"end"}),
            f"{hit.seconds:.6f}",
            "" if hit.end is None else f"{hit.end:.6f}",
            "" if hit.end is None else f"{hit.end - hit.seconds:.6f}",
        )
        for number, hit in enumerate(hits.hits, start=1)
    ]
    write_rows(path, [("#", "Name", "Start", "End", "Length"), *rows])


def write_premiere(hits: HitList, path: Path) -> None:
    """Write the hits as Premiere's marker list. Raises ValueError if the rate is unknown."""
    clock, rows = hits.clock, []
    for hit in hits.hits:
        begin = clock.text(hit.seconds)
        end = begin if hit.end is None else clock.text(hit.end)
        lasts = Clock(clock.own_rate).text(0 if hit.end is None else hit.end - hit.seconds)
        rows.append((tagged(hit, {"end"}), "", begin, end, lasts, "Comment"))
    head = ("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")
    write_rows(path, [head, *rows], "\t")


def write_rows(
    path: Path, rows: Sequence[Sequence[str]], separator: str = ",", comments: Sequence[str] = ()
) -> None:
    """Write comments, then rows of cells."""
    buffer = io.StringIO()
    buffer.writelines(f"{comment}\n" for comment in comments)
    csv.writer(buffer, delimiter=separator, lineterminator="\n").writerows(rows)
    write_atomically(path, buffer.getvalue())


def _rows(text: str, name: str, first: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of each row from the header on."""
    rest = text.splitlines(keepends=True)[first:]
    reader = csv.reader(rest, delimiter=separator)
    row = first + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise EmsyncError(f"{name}, line {row}: {error}; mend the quotes") from error
        lines = rest[row - first - 1 : reader.line_num]
        if len(lines) > 1 and sum(line.count('"') for line in lines) % 2:
            # Otherwise the rows after it would be the text of its cell.
            raise EmsyncError(f"{name}, line {row}: a quote is not closed; mend the quotes")
        yield row, cells
        row = first + reader.line_num + 1


def _fields(cells: Sequence[str]) -> dict[str, int]:
    """Field -> the index of its column."""
    names = [clean(cell.strip('" ')).lower() for cell in cells]
    found: dict[str, int] = {}
    for field, headers in COLUMNS.items():
        for header in headers:
            if header in names:
                found[field] = names.index(header)
                break
    return found


def _hit(given: Mapping[str, str], clock: Clock) -> Hit:
    """The hit of a row. Raises ValueError for a wrong cell."""
    if "time" in given:
        begin = given["time"]
    elif "frame" in given:
        begin = given["frame"] + ("f" if given["frame"].isdecimal() else "")
    else:
        raise ValueError("has no time")
    seconds = clock.seconds(begin)
    end = clock.seconds(given["end"]) if "end" in given else None
    if end is None and "duration" in given:
        end = seconds + Clock(clock.rate).seconds(given["duration"])
    kind = EDITS.get(given.get("kind", "").lower(), "marker")
    hit = named_hit(seconds, given.get("label") or given.get("comment", ""), end, kind)
    values: dict[str, Any] = {}
    if "weight" in given:
        values["weight"] = read_number(given["weight"])
    if "must" in given:
        values["must"] = parse_must(given["must"])
    if "emotion" in given:
        values["emotion"] = parse_emotion(given["emotion"])
    if "valence" in given or "arousal" in given:
        if not {"valence", "arousal"} <= given.keys():
            raise ValueError("has valence or arousal alone; give both")
        values["emotion"] = (read_number(given["valence"]), read_number(given["arousal"]))
    return replace(hit, **values)
