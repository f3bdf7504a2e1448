"""Which of a list of ports, by name, an instrument goes to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.errors import EmsyncError
from engine.score import Instrument


def by_instrument(names: Sequence[str], pattern: str) -> dict[Instrument, str]:
    """Each instrument's port among those that match ``pattern`` (a regular expression, case
    ignored): the one that has its name, where all five have one; else the first for all.

    Raises EmsyncError when the pattern is none, or matches no port.
    """
    try:
        matching = [name for name in names if re.search(pattern, name, re.IGNORECASE)]
    except re.error as error:
        raise EmsyncError(f"ports {pattern!r}: not a pattern ({error}); see --list") from error
    if not matching:
        there = ", ".join(names) or "none"
        raise EmsyncError(f"ports {pattern!r}: no port matches; there are: {there}")
    named = {
        instrument: name
        for instrument in Instrument
        for name in reversed(matching)
        if instrument.value in name.lower()
    }
    if len(named) == len(Instrument) == len(set(named.values())):
        return {instrument: named[instrument] for instrument in Instrument}
    return dict.fromkeys(Instrument, matching[0])
