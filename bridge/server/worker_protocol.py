"""The messages between the server and its worker process: one JSON object a line.

Each object names its message in ``type``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.scoring.live import control_values, parse_control
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request, request_json
from bridge.server.jobs import Kind, State
from engine.live.control import LiveChange
from engine.score import Instrument, Note


@dataclass(frozen=True, slots=True)
class Task:
    """To the process: do this job and write its files into ``folder``.

    source: the folder of the old piece of a rescore or re-cut; else None.
    """

    kind: Kind
    request: Request
    folder: Path
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """To the process: the live piece that it composes changes."""

    change: LiveChange


@dataclass(frozen=True, slots=True)
class Finish:
    """To the process: no change comes any more, so the live piece can be written."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The job has entered this state."""

    state: State


@dataclass(frozen=True, slots=True)
class Progress:
    """This share of the present state is done, 0..1."""

    share: float


@dataclass(frozen=True, slots=True)
class Draft:
    """New notes and chords of a piece that plays while it is composed.

    All that begin before ``until`` seconds have been sent by now. chords: onsets in seconds.
    changes: how many of the messages :class:`Change` this music takes into account.
    """

    notes: tuple[Note, ...]
    chords: tuple[float, ...]
    until: float
    changes: int = 0


@dataclass(frozen=True, slots=True)
class SoundReady:
    """The sound of the piece can be played. Its stems, film and pages may follow."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning for the user, in one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job failed; ``error`` says why, in one line."""

    error: str


@dataclass(frozen=True, slots=True)
class Done:
    """The job's files are written."""


Event = Entered | Progress | Draft | SoundReady | Warned | Failed | Done


def task_line(task: Task) -> bytes:
    """Write a task as a line."""
    return _line(
        "task",
        kind=task.kind.value,
        request=request_json(task.request),
        folder=str(task.folder),
        source=None if task.source is None else str(task.source),
    )


def parse_task(line: bytes) -> Task:
    """Read a line of ``task_line``; raises ValueError for any other."""
    match json.loads(line):
        case {
            "type": "task",
            "kind": kind,
            "request": request,
            "folder": folder,
            "source": str() | None as source,
        }:
            place = None if source is None else Path(source)
            return Task(Kind(kind), parse_request(request), Path(folder), place)
        case message:
            raise _unknown(message)


def message_line(message: Change | Finish) -> bytes:
    """Write a message to the process of a live piece as a line."""
    match message:
        case Change(LiveChange(bar, control)):
            return _line("change", bar=bar, control=control_values(control))
        case Finish():
            return _line("finish")


def is_message(line: bytes) -> bool:
    """Whether a line is one of ``message_line``, which came after its piece was done."""
    return line.startswith((b'{"type": "change"', b'{"type": "finish"'))


def parse_message(line: bytes) -> Change | Finish:
    """Read a line of ``message_line``; raises ValueError for any other."""
    match json.loads(line):
        case {"type": "change", "bar": int(bar), "control": control}:
            return Change(LiveChange(bar, parse_control("control", control)))
        case {"type": "finish"}:
            return Finish()
        case message:
            raise _unknown(message)


def event_line(event: Event) -> bytes:
    """Write an event as a line."""
    match event:
        case Entered(state):
            return _line("entered", state=state.value)
        case Progress(share):
            return _line("progress", share=share)
        case Draft(notes, chords, until, changes):
            rows = [(n.instrument.value, n.onset, n.end, n.pitch, n.velocity) for n in notes]
            return _line("draft", notes=rows, chords=chords, until=until, changes=changes)
        case SoundReady():
            return _line("sound")
        case Warned(text):
            return _line("warned", text=text)
        case Failed(error):
            return _line("failed", error=error)
        case Done():
            return _line("done")


def parse_event(line: bytes) -> Event:
    """Read a line of ``event_line``; raises ValueError for any other."""
    match json.loads(line):
        case {"type": "entered", "state": state}:
            return Entered(State(state))
        case {"type": "progress", "share": float() | int() as share}:
            return Progress(share)
        case {
            "type": "draft",
            "notes": [*rows],
            "chords": [*chords],
            "until": until,
            "changes": int(changes),
        }:
            return Draft(_notes(rows), tuple(chords), until, changes)
        case {"type": "sound"}:
            return SoundReady()
        case {"type": "warned", "text": str(text)}:
            return Warned(text)
        case {"type": "failed", "error": str(error)}:
            return Failed(error)
        case {"type": "done"}:
            return Done()
        case message:
            raise _unknown(message)


def _notes(rows: Iterable[Any]) -> tuple[Note, ...]:
    notes = []
    for row in rows:
        match row:
            case [part, onset, end, pitch, velocity]:
                notes.append(Note(Instrument(part), onset, end, pitch, velocity))
            case _:
                raise ValueError("a note of a draft does not have five fields")
    return tuple(notes)


def _unknown(message: Any) -> ValueError:
    given = message.get("type") if isinstance(message, Mapping) else None
    return ValueError(f"no message of type {given!r} has these fields")


def _line(kind: str, /, **fields: Any) -> bytes:
    return json.dumps({"type": kind, **fields}).encode() + b"\n"
