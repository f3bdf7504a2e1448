"""A theme as a JSON object in a request."""

from __future__ import annotations

import json
from typing import Any

from engine.checks import Fields, items, number, text, whole
from engine.errors import EmsyncError
from engine.music.conditions import FASTEST, SLOWEST
from engine.music.vocabulary import HIGHEST_PITCH, LOWEST_PITCH
from engine.plan.theme import Theme
from engine.score import Instrument, Note

LATEST = 10_000.0
"""The latest time in a theme, in quarter notes."""
MOST_NOTES = 4096
_time = number(0.0, LATEST)
_pitch = whole(LOWEST_PITCH, HIGHEST_PITCH)
_velocity = whole(1, 127)


def parse_theme(name: str, value: Any) -> Theme:
    """The theme in a JSON object: ``part``, ``tempo``, ``time_signature`` and ``notes``.

    A note is a list: onset and end in quarter notes, pitch, velocity. Raises EmsyncError naming the
    field that is wrong.
    """
    if isinstance(value, Theme):
        return value
    fields = Fields(name, json.loads(json.dumps(value)))
    known = {instrument.value: instrument for instrument in Instrument}
    part = fields.get("part", text)
    if part not in known:
        raise fields.error("part", f"must be one of {', '.join(known)}")
    rows = fields.get("notes", items)
    if len(rows) > MOST_NOTES:
        raise fields.error("notes", f"must be {MOST_NOTES} or fewer")
    notes = [_note(f"{name}: notes[{n}]", row, known[part]) for n, row in enumerate(rows)]
    signature = fields.get("time_signature", text) if "time_signature" in fields else "4/4"
    return Theme(
        known[part],
        tuple(sorted(notes, key=lambda note: (note.onset, note.pitch))),
        fields.get("tempo", number(SLOWEST, FASTEST)),
        signature,
    )


def theme_json(theme: Theme) -> dict[str, Any]:
    """The JSON object that makes this theme."""
    return {
        "part": theme.part.value,
        "tempo": theme.tempo,
        "time_signature": theme.time_signature,
        "notes": [[n.onset, n.end, n.pitch, n.velocity] for n in theme.notes],
    }


def _note(name: str, value: Any, part: Instrument) -> Note:
    row = items(name, value)
    if len(row) != 4:
        raise EmsyncError(f"{name} must be a list of onset, end, pitch and velocity")
    onset, end = (_time(name, each) for each in row[:2])
    if end <= onset:
        raise EmsyncError(f"{name} must end after its onset")
    return Note(part, onset, end, _pitch(name, row[2]), _velocity(name, row[3]))
