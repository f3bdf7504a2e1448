"""A plan as JSON that a user reads, edits and hands back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from engine.checks import Fields, items, number, text, whole
from engine.errors import EmsyncError
from engine.files import read_text
from engine.plan.plan import LONGEST_BAR, Phrase, Plan
from engine.score import Instrument

MOST_BEATS = 10_000_000
_FIELDS = ("duration", "beat", "feel", "points", "bars", "last_chord", "shares", "phrases")
_PHRASE_FIELDS = ("bar", "form", "key", "instruments", "density", "dynamics", "register", "chords")
_bar = whole(1, LONGEST_BAR)
_beat = whole(0, MOST_BEATS)
T = TypeVar("T")


def to_json(plan: Plan) -> str:
    """The plan as a user's JSON; a point and a list of names take one line each."""
    points = [f'{{"beat": {beat}, "seconds": {seconds}}}' for beat, seconds in plan.points]
    shares = {instrument.value: share for instrument, share in plan.shares}
    lines = [
        f'"duration": {plan.duration}',
        f'"beat": {json.dumps(plan.beat)}',
        f'"feel": {json.dumps(plan.feel)}',
        f'"points": {_rows(points)}',
        f'"bars": {json.dumps(list(plan.bars))}',
        f'"last_chord": {json.dumps(plan.last_chord)}',
        *([f'"shares": {json.dumps(shares)}'] if shares else []),
        f'"phrases": {_rows(list(map(_phrase_json, plan.phrases)))}',
    ]
    return "{\n  " + ",\n  ".join(lines) + "\n}\n"


def _rows(rows: list[str]) -> str:
    return "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"


def _phrase_json(phrase: Phrase) -> str:
    values: dict[str, Any] = {name: getattr(phrase, name) for name in _PHRASE_FIELDS}
    values["instruments"] = [instrument.value for instrument in phrase.instruments]
    rows = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in values.items()]
    return "{\n      " + ",\n      ".join(rows) + "\n    }"


def read_plan(path: str | Path) -> Plan:
    """Read a plan. Raises EmsyncError naming the file and the field that is wrong."""
    return from_json(read_text(path), str(path))


def from_json(document: str, name: str = "plan") -> Plan:
    """Read what ``to_json`` wrote, edited or not; ``name`` is what errors call it.

    Raises EmsyncError naming the field that is wrong.
    """
    try:
        content = Fields(name, json.loads(document))
    except (ValueError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not JSON ({error}); mend it or plan again") from error
    if "sections" in content and "points" not in content:
        raise EmsyncError(f"{name}: is a cue sheet, not a plan; make one with emsync plan {name}")
    _only(content, _FIELDS)
    points = []
    for point in content.objects("points"):
        _only(point, ("beat", "seconds"))
        points.append((point.get("beat", _beat), point.get("seconds", number())))
    bars = content.get("bars", items)
    given: dict[str, Any] = {
        "duration": content.get("duration", number()),
        "points": tuple(points),
        "bars": tuple(_bar(f"{name}: bars[{place}]", bar) for place, bar in enumerate(bars)),
    }
    for field in ("beat", "feel"):
        if field in content:
            given[field] = content.get(field, text)
    if "phrases" in content:
        given["phrases"] = tuple(
            _phrase(phrase, f"{name}: phrases[{place}].")
            for place, phrase in enumerate(content.objects("phrases"))
        )
    if "last_chord" in content:
        given["last_chord"] = content.get("last_chord", _beat_or_none)
    if "shares" in content:
        given["shares"] = tuple(_shares(content.object("shares")))
    return _named(f"{name}: ", lambda: Plan(**given))


def _shares(fields: Fields) -> Iterator[tuple[Instrument, float]]:
    _only(fields, tuple(instrument.value for instrument in Instrument))
    for instrument in Instrument:
        if instrument.value in fields:
            yield instrument, fields.get(instrument.value, number())


def _phrase(fields: Fields, path: str) -> Phrase:
    _only(fields, _PHRASE_FIELDS)
    chords = fields.get("chords", items) if "chords" in fields else []
    values = (
        fields.get("bar", whole(1, MOST_BEATS)),
        fields.get("form", text),
        fields.get("key", text),
        fields.get("instruments", _instruments),
        fields.get("density", number()),
        fields.get("dynamics", text),
        tuple(text(f"{path}chords[{place}]", chord) for place, chord in enumerate(chords)),
        *([fields.get("register", text)] if "register" in fields else []),
    )
    return _named(path, lambda: Phrase(*values))


def _named(prefix: str, make: Callable[[], T]) -> T:
    """What ``make`` makes; its errors begin with ``prefix``."""
    try:
        return make()
    except EmsyncError as error:
        raise EmsyncError(f"{prefix}{error}") from error


def _only(fields: Fields, names: tuple[str, ...]) -> None:
    for field in fields:
        if field not in names:
            shown = field if field.isidentifier() and len(field) <= 40 else repr(field[:40])
            raise fields.error(shown, f"is no field here; choose from {', '.join(names)}")


def _instruments(name: str, value: Any) -> tuple[Instrument, ...]:
    known = [instrument.value for instrument in Instrument]
    if wrong := [item for item in items(name, value) if item not in known]:
        raise EmsyncError(f"{name}: {wrong[0]!r} is none of {', '.join(known)}")
    return tuple(instrument for instrument in Instrument if instrument.value in value)


def _beat_or_none(name: str, value: Any) -> int | None:
    return None if value is None else _beat(name, value)
