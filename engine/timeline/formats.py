"""The formats of hit lists: which one a file has, and which one a name asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EmsyncError
from engine.hits import HitList
from engine.timecode import Clock
from engine.timeline import aaf, avid, cue_sheet, edl, fcpxml, midi, otio, table, text

MOST_BYTES = 256 * 2**20
"""The largest file that is read; lists of hits are far smaller."""
LONGEST_LINE = 20_000
"""Characters of the longest line in a list of lines."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format. read: its hits, from a file. write: None if it can only be read.

    suffixes: of the files that get this format when written; the first is the usual one.
    """

    suffixes: tuple[str, ...]
    read: Callable[[Path, Clock], HitList]
    write: Callable[[HitList, Path], None] | None


FORMATS: Mapping[str, Format] = {
    "text": Format((".txt",), text.read, text.write),
    "csv": Format((".csv", ".tsv"), table.read, table.write),
    "edl": Format((".edl",), edl.read, edl.write),
    "fcpxml": Format((".fcpxml",), fcpxml.read, fcpxml.write),
    "otio": Format((".otio",), otio.read, otio.write),
    "aaf": Format((".aaf",), otio.read, aaf.write),
    "midi": Format((".mid", ".midi"), midi.read, midi.write),
    "reaper": Format((), table.read, table.write_reaper),
    "premiere": Format((), table.read, table.write_premiere),
    "avid": Format((), avid.read, avid.write),
    "cues": Format((".json",), cue_sheet.read, None),
}
"""Name -> format. The command line writes ``cues``, which needs a film."""

_BUNDLES = {".otioz": "otio", ".otiod": "otio", ".fcpxmld": "fcpxml"}


def read_hits(path: str | Path, clock: Clock) -> HitList:
    """The hits of a file, whose format its content shows.

    clock: what the user and the film say about its times. A rate that the list itself states goes
    before the clock's, and the clock's first frame before the list's.
    Raises EmsyncError for a file that can't be read, and for a wrong line.
    """
    path = Path(path)
    try:
        return FORMATS[_format_of(path)].read(path, clock)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error


def write_hits(hits: HitList, path: str | Path, name: str | None = None) -> None:
    """Write hits to a file. name: of the format; None for the one of the file's suffix.

    Raises EmsyncError for an unknown suffix, a format that can't be written, a missing frame rate,
    and a file that can't be written.
    """
    path = Path(path)
    chosen = FORMATS[name or written_format(path)]
    if chosen.write is None:
        raise EmsyncError(f"{path}: this format is only read; write an EDL or .otio instead")
    try:
        chosen.write(hits, path)
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error


def written_format(path: Path) -> str:
    """The name of the format for a file to write. Raises EmsyncError for an unknown suffix."""
    suffix = path.suffix.lower()
    for name, each in FORMATS.items():
        if suffix in each.suffixes:
            return name
    known = [suffix for each in FORMATS.values() if each.write for suffix in each.suffixes]
    raise EmsyncError(f"{path}: end its name in {', '.join(known)} or .json, or name the format")


def _format_of(path: Path) -> str:
    """The format of a file, by its content. Raises OSError, and EmsyncError for no known one."""
    if (suffix := path.suffix.lower()) in _BUNDLES:
        return _BUNDLES[suffix]
    if path.stat().st_size > MOST_BYTES:
        raise EmsyncError(f"{path}: is too large for a list of hits")
    with path.open("rb") as file:
        head = file.read(8)
    if head[:4] == b"MThd":
        return "midi"
    if head[:4] == aaf.MAGIC:
        return "aaf"
    content = text.decode(path.read_bytes(), str(path)).lstrip()
    if content.startswith("<"):
        return "fcpxml"
    if content.startswith("{"):
        return "otio" if '"OTIO_SCHEMA"' in content else "cues"
    if max(map(len, content.splitlines()), default=0) > LONGEST_LINE:
        raise EmsyncError(f"{path}: has lines too long for a list of hits; check the file")
    if edl.looks_like(content):
        return "edl"
    if avid.looks_like(content):
        return "avid"
    if table.header_row(content) is not None:
        return "csv"
    return "text"
