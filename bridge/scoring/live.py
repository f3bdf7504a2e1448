"""Controls of a live piece as JSON, and the changes that a finished one can be made again with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bridge.scoring.music_checks import instruments
from engine.checks import Check, checked, items, number, whole
from engine.errors import EmsyncError
from engine.files import read_text
from engine.live.control import LiveChange, LiveControl
from engine.music.conditions import DENSEST, SPARSEST

if TYPE_CHECKING:
    from engine.composing.listener import Listener
    from engine.cues import CueSheet
    from engine.plan.plan import Plan

MOST_CHANGES = 10_000
_share = number(-1.0, 1.0)
_CHECKS: Mapping[str, Check] = {
    "valence": _share,
    "arousal": _share,
    "density": number(SPARSEST, DENSEST),
    "instruments": instruments,
}
CONTROLS = tuple(_CHECKS)
"""The names of what can be controlled."""


class Live(Protocol):
    """Who follows a live piece, and changes it while it is composed."""

    def next_change(self, complete: bool, /) -> LiveChange | None:
        """As :data:`engine.live.composer.NextChange`."""

    def follow(self, cues: CueSheet, plan: Plan | None, change: LiveChange | None, /) -> Listener:
        """As :data:`engine.live.composer.Follow`. plan: None for a piece in free time."""


class Recorded:
    """The changes of a piece that is made again, which nobody follows."""

    def __init__(self, changes: Sequence[LiveChange]) -> None:
        self._changes = list(changes)

    def next_change(self, complete: bool, /) -> LiveChange | None:
        """The next of the changes."""
        return self._changes.pop(0) if self._changes else None

    def follow(self, cues: CueSheet, plan: Plan | None, change: LiveChange | None, /) -> Listener:
        """A listener that does nothing."""
        return lambda notes, chords, until: None


def check_controls(values: Mapping[str, Any]) -> dict[str, Any]:
    """Checked values of a control by name; None counts as left out.

    Raises EmsyncError naming the field that is wrong.
    """
    if unknown := sorted(values.keys() - _CHECKS.keys()):
        raise EmsyncError(f"{unknown[0][:40]!r} is no control; choose from {', '.join(CONTROLS)}")
    return checked(_CHECKS, {name: value for name, value in values.items() if value is not None})


def parse_control(name: str, values: Any) -> LiveControl:
    """The control that a JSON object makes; null counts as left out.

    Raises EmsyncError naming the field that is wrong.
    """
    if not isinstance(values, Mapping):
        raise EmsyncError(f"{name} must be a JSON object")
    return LiveControl(**check_controls(values))


def control_values(control: LiveControl) -> dict[str, Any]:
    """The JSON object that makes this control, with null for what is as planned."""
    values: dict[str, Any] = {field.name: getattr(control, field.name) for field in fields(control)}
    if control.instruments is not None:
        values["instruments"] = [instrument.value for instrument in control.instruments]
    return values


def parse_changes(name: str, value: Any) -> tuple[LiveChange, ...]:
    """Changes by rising bar from a list of objects; ``seconds`` is for people and is passed over.

    Raises EmsyncError naming the item that is wrong.
    """
    found: list[LiveChange] = []
    for place, item in enumerate(items(name, list(value) if isinstance(value, tuple) else value)):
        where = f"{name}[{place}]"
        if isinstance(item, LiveChange):
            found.append(item)
            continue
        if not isinstance(item, Mapping) or "bar" not in item:
            raise EmsyncError(f"{where} must be a JSON object with a bar")
        bar = whole(1, MOST_CHANGES)(f"{where}.bar", item["bar"])
        rest = {key: each for key, each in item.items() if key not in ("bar", "seconds")}
        if found and bar <= found[-1].bar:
            raise EmsyncError(f"{where}.bar does not come after {found[-1].bar}; sort the changes")
        found.append(LiveChange(bar, parse_control(where, rest)))
    return tuple(found)


def read_changes(path: Path) -> tuple[LiveChange, ...]:
    """The changes of a live piece from its ``report.json``; none if it has none.

    Raises EmsyncError for a file that can't be read.
    """
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise EmsyncError(f"{path}: is not JSON ({error}); give a report.json") from error
    if not isinstance(content, Mapping):
        raise EmsyncError(f"{path}: is no report of a piece; give a report.json")
    return parse_changes(f"{path}: changes", content.get("changes", []))


def change_values(change: LiveChange) -> dict[str, Any]:
    """The JSON object that makes this change."""
    return {"bar": change.bar, **control_values(change.control)}
