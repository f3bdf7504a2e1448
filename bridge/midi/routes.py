"""Assigns instruments to ports by the ports' names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.errors import EmsyncError
from engine.score import Instrument


def by_instrument(names: Sequence[str], pattern: str) -> dict[Instrument, str]:
    """The port of each instrument, among the ``names`` that match ``pattern``.

    If every instrument's name occurs in a port of its own, each gets that port. Otherwise all
    share the first match. The pattern is a regular expression; case is ignored.

    Raises EmsyncError when the pattern is invalid, or matches no port.
    """
    try:
        wanted = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise EmsyncError(
            f"ports {pattern!r}: not a regular expression ({error}); mend it"
        ) from error
    matching = [name for name in names if wanted.search(name)]
    if not matching:
        available = ", ".join(names) or "none"
        raise EmsyncError(f"ports {pattern!r}: no port matches; there are: {available}")
    named = {
        instrument: name
        for instrument in Instrument
        for name in reversed(matching)
        if instrument.value in name.lower()
    }
    if len(named) == len(Instrument) == len(set(named.values())):
        return {instrument: named[instrument] for instrument in Instrument}
    return dict.fromkeys(Instrument, matching[0])
