"""Types of arguments: each converts a word, or says in one line what it should be.

Where a conversion fails in any other way, ``argparse`` shows the name of the function ("invalid
parse_time value").
"""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import check_names
from engine.timecode import parse_time


def path(text: str) -> Path:
    """A path. Raises ArgumentTypeError for an empty one, and for a name that no file can have."""
    try:
        check_names(text)
    except EmsyncError as error:
        raise ArgumentTypeError(str(error)) from None
    return Path(text)


def number(text: str) -> float:
    """A finite number. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentTypeError(f"{_short(text)} is not a number, such as 0.5")
    return value


def whole(text: str) -> int:
    """A whole number. Raises ArgumentTypeError."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{_short(text)} is not a whole number") from None


def at_least(low: int) -> Callable[[str], int]:
    """A type: whole numbers from ``low`` on."""

    def convert(text: str) -> int:
        value = whole(text)
        if value < low:
            raise ArgumentTypeError(f"{_short(text)} is too small; give {low} or more")
        return value

    return convert


def time(text: str) -> float:
    """A time in seconds. Raises ArgumentTypeError."""
    try:
        return parse_time(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{_short(text)} is not a time in seconds or HH:MM:SS.mmm, such as 75.5 or 1:15.5"
        ) from None


def time_range(text: str) -> tuple[float, float]:
    """``0:10-0:20`` in seconds. Raises ArgumentTypeError."""
    begin, dash, end = text.partition("-")
    if not dash:
        raise ArgumentTypeError(f"{_short(text)} is not two times, such as 0:10-0:20")
    return time(begin), time(end)


def _short(text: str) -> str:
    """A word as errors quote it: on one line, and not long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


TYPES: Mapping[Callable[[str], object], Callable[[str], object]] = {
    float: number,
    int: whole,
    Path: path,
    parse_time: time,
}
"""What a command writes as ``type=``, and what converts it: the parsers register these."""
