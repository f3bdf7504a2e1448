"""Avid's marker lists: lines of user, timecode, track, colour and comment, parted by tabs."""

from __future__ import annotations

from pathlib import Path

from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import HitList, in_order
from engine.timecode import Clock, is_label
from engine.timeline.labels import named_hit, tagged
from engine.timeline.text import decode


def looks_like(text: str) -> bool:
    """Whether a text is a marker list of Avid: its second column is timecode."""
    first = next((line for line in text.splitlines() if line.strip()), "").split("\t")
    return len(first) >= 5 and is_label(first[1]) and not is_label(first[0])


def read(path: Path, clock: Clock) -> HitList:
    """The hits of a marker list. Raises EmsyncError that names the wrong line."""
    return parse(decode(path.read_bytes(), str(path)), str(path), clock)


def parse(text: str, name: str, clock: Clock) -> HitList:
    """The hits of a marker list; name: what errors call it. Raises EmsyncError for a wrong line."""
    hits = []
    for row, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        try:
            if len(cells) < 5:
                raise ValueError("must have user, timecode, track, colour and comment")
            hits.append(named_hit(clock.seconds(cells[1]), cells[4]))
        except ValueError as error:
            raise EmsyncError(f"{name}, line {row}: {error}") from error
    return HitList(in_order(hits), clock)


def write(hits: HitList, path: Path) -> None:
    """Write the hits as a marker list. Raises ValueError if the frame rate is unknown."""
    clock = hits.clock
    # Avid has no timecode without a rate, so a clock time would be refused.
    _ = clock.own_rate
    rows = [f"emsync\t{clock.text(hit.seconds)}\tV1\tred\t{tagged(hit)}\t1" for hit in hits.hits]
    write_atomically(path, "".join(row + "\n" for row in rows))
