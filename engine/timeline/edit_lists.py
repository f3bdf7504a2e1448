"""The picture edits of a cut, from an EDL, FCPXML, OTIO or AAF: what comes from which source."""

from __future__ import annotations

from pathlib import Path

from engine.timecode import Clock
from engine.timeline import edl, fcpxml_edits, otio_edits
from engine.timeline.edl import Edit

SUFFIXES = (".edl", ".fcpxml", ".fcpxmld", ".otio", ".otioz", ".otiod", ".aaf")
"""Of the files that are edit lists."""


def is_edit_list(path: Path) -> bool:
    """Whether a path names an edit list, and no film."""
    return path.suffix.lower() in SUFFIXES


def read_edits(path: Path, clock: Clock) -> tuple[Edit, ...]:
    """The picture edits of a list, in their order on the timeline.

    clock: its rate is that of an EDL; other lists state their own. If it has no start, the film
    begins with the timeline. Raises EmsyncError for a file that can't be read as an edit list.
    """
    suffix = path.suffix.lower()
    if suffix == ".edl":
        return edl.read_edits(path, clock)
    if suffix in (".fcpxml", ".fcpxmld"):
        return fcpxml_edits.read_edits(path, clock)
    return otio_edits.read_edits(path, clock)
