"""Checks of musical values that a user or a client gave (:mod:`engine.checks`)."""

from __future__ import annotations

from typing import Any

from engine.checks import items, text
from engine.errors import EmsyncError
from engine.plan.plan_options import split_bars
from engine.score import Instrument


def instruments(name: str, value: Any) -> tuple[Instrument, ...]:
    """A check for a list of one or more names of instruments."""
    known = [i.value for i in Instrument]
    if not isinstance(value, list) or not value or not all(item in known for item in value):
        raise EmsyncError(f"{name} must be a list of one or more of {', '.join(known)}")
    return tuple(i for i in Instrument if i.value in value)


def chords_of_bars(name: str, value: Any) -> tuple[str, ...]:
    """A check for chords: a text for each bar, or one text that bar lines or spaces part."""
    if isinstance(value, str):
        return split_bars(value)
    bars = tuple(text(f"{name}[{place}]", bar) for place, bar in enumerate(items(name, value)))
    if not bars or not all(map(str.split, bars)):
        raise EmsyncError(f"{name}: write one or more chords for each bar, such as ['Am', 'F G']")
    return bars
