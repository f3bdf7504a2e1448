"""The kinds of chords that MusicXML knows, for the suffixes of our chord symbols."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of MusicXML, and the degree that the chord has beside it."""

    name: str
    added: int | None = None


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "": Kind("major"),
        "m": Kind("minor"),
        "dim": Kind("diminished"),
        "aug": Kind("augmented"),
        "sus2": Kind("suspended-second"),
        "sus4": Kind("suspended-fourth"),
        "6": Kind("major-sixth"),
        "m6": Kind("minor-sixth"),
        "7": Kind("dominant"),
        "maj7": Kind("major-seventh"),
        "m7": Kind("minor-seventh"),
        "m7b5": Kind("half-diminished"),
        "dim7": Kind("diminished-seventh"),
        "7sus4": Kind("suspended-fourth", 7),
        "add9": Kind("major", 9),
        "5": Kind("power"),
    }
)
"""Suffix of :data:`engine.music.chord_symbols.QUALITIES` -> kind."""
