"""Numbers of things in the lines that commands print."""

from __future__ import annotations

_PLURALS = {"boundary": "boundaries", "stretch": "stretches"}


def counted(number: int, noun: str) -> str:
    """A number and its noun: ``1 bar``, ``2 bars``."""
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"
