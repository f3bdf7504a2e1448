r"""Lists of hits as plain text: one a line, its time first, then its label.

::

    # frame rate: 25
    01:00:12:05  Door slams [may]
    01:00:20:00 - 01:00:31:12  Chase [weight 2, tense]
    75,5  Credits

Blank lines and comments are skipped. A comment begins with ``#`` after a space; ``\#`` is the sign
itself. Tabs, commas, semicolons and bars may part the time from the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import HitList, in_order
from engine.timecode import Clock, parse_rate
from engine.timeline.labels import named_hit, tagged


def decode(data: bytes, name: str) -> str:
    """The text of a file in the encodings that editing programs and spreadsheets write.

    These are UTF-8, UTF-16 with a byte order mark, and Windows-1252. Raises EmsyncError for a file
    that is no text.
    """
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise EmsyncError(f"{name}: is no list of hits; give text, CSV, EDL, FCPXML, OTIO, AAF or MIDI")


def read(path: Path, clock: Clock) -> HitList:
    """The hits of a text. Raises EmsyncError that names the wrong line."""
    return parse(decode(path.read_bytes(), str(path)), str(path), clock)


def parse(text: str, name: str, clock: Clock) -> HitList:
    """The hits of a text; name: what errors call it. Raises EmsyncError for a wrong line."""
    clock = stated_clock(text, name, clock)
    hits = []
    for row, line in lines(text):
        match = _LINE.fullmatch(line)
        begin, end, label = match.groups() if match else (line.split()[0], None, "")
        try:
            seconds = clock.seconds(begin)
            last = None if end is None else clock.seconds(end)
            if last is not None and last <= seconds:
                raise ValueError(f"{end} is not after {begin}")
            hits.append(named_hit(seconds, (label or "").replace("\\#", "#"), last))
        except ValueError as error:
            raise EmsyncError(f"{name}, line {row}: {error}") from error
    return HitList(in_order(hits), clock)


def write(hits: HitList, path: Path) -> None:
    """Write the hits as text, in timecode if the rate is known."""
    rows = list(statement(hits.clock))
    for hit in hits.hits:
        ends = "" if hit.end is None else f" - {hits.clock.text(hit.end)}"
        # After a space, "#" would begin a comment.
        label = re.sub(r"(?<!\S)#", r"\\#", tagged(hit, {"end"}))
        rows.append(f"{hits.clock.text(hit.seconds)}{ends}  {label}".rstrip())
    write_atomically(path, "".join(row + "\n" for row in rows))


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The numbers and contents of lines that say something, without comments."""
    for row, line in enumerate(text.splitlines(), start=1):
        content = _COMMENT.split(line, maxsplit=1)[0].strip()
        if content:
            yield row, content


def statement(clock: Clock) -> Iterator[str]:
    """The comments that say which timecode a list is in."""
    if clock.rate is not None:
        yield f"# frame rate: {clock.own_rate}"
    if clock.start is not None:
        yield f"# first frame: {clock.start}"


def stated_clock(text: str, name: str, clock: Clock) -> Clock:
    """The clock, with the rate that the comments of a list state, and the start if it has none.

    Raises EmsyncError for a rate or a first frame that does not exist.
    """
    rate, start, stated = None, None, clock
    for row, line in _comments(text):
        try:
            if match := _RATE.match(line):
                rate = parse_rate(match[1])
            elif match := _FIRST.match(line):
                start = match[1]
            stated = replace(clock, rate=rate or clock.rate, start=clock.start or start)
        except ValueError as error:
            raise EmsyncError(f"{name}, line {row}: {error}") from error
    return stated


def _comments(text: str) -> Iterable[tuple[int, str]]:
    for row, line in enumerate(text.splitlines(), start=1):
        if line.lstrip(' "').startswith("#"):
            yield row, line.strip().strip('"').strip()


_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_TIME = r"\d+(?:[:;.,]\d+)*(?:\.(?!\d))?(?:\s*f(?:rames?)?(?![a-z]))?"
_LINE = re.compile(
    rf"({_TIME})(?:\s*[-\u2013]\s*({_TIME}))?(?:[\s;,|]+(.*))?", re.ASCII | re.IGNORECASE
)
_RATE = re.compile(r"#\s*frame rate:\s*(.+)", re.IGNORECASE)
_FIRST = re.compile(r"#\s*first frame:\s*(\S+)", re.IGNORECASE)
