"""What the server and its composing process say to each other: a JSON object a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.scoring.request import Request, parse_request, request_json
from bridge.server.jobs import Kind, State
from engine.score import Instrument, Note


@dataclass(frozen=True, slots=True)
class Task:
    """To the process: make this, into this folder."""

    kind: Kind
    request: Request
    folder: Path


@dataclass(frozen=True, slots=True)
class Entered:
    """The job has come to this state."""

    state: State


@dataclass(frozen=True, slots=True)
class Progress:
    """So much of the present state is done, 0..1."""

    share: float


@dataclass(frozen=True, slots=True)
class Draft:
    """Notes and chords of a piece played while it is composed: all that begin before ``until``
    seconds have been told by now."""

    notes: tuple[Note, ...]
    chords: tuple[float, ...]
    until: float


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know, in one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job can't be done; why, in one line."""

    error: str


@dataclass(frozen=True, slots=True)
class Done:
    """The job's files are written."""


Event = Entered | Progress | Draft | Warned | Failed | Done


def task_line(task: Task) -> bytes:
    """The task as a line."""
    return _line(
        {
            "kind": task.kind.value,
            "request": request_json(task.request),
            "folder": str(task.folder),
        }
    )


def parse_task(line: bytes) -> Task:
    """The task that ``task_line`` wrote."""
    values = json.loads(line)
    return Task(Kind(values["kind"]), parse_request(values["request"]), Path(values["folder"]))


def event_line(event: Event) -> bytes:
    """The event as a line."""
    match event:
        case Entered(state):
            return _line({"state": state.value})
        case Progress(share):
            return _line({"share": share})
        case Draft(notes, chords, until):
            rows = [(n.instrument.value, n.onset, n.end, n.pitch, n.velocity) for n in notes]
            return _line({"notes": rows, "chords": chords, "until": until})
        case Warned(text):
            return _line({"warning": text})
        case Failed(error):
            return _line({"error": error})
        case Done():
            return _line({})


def parse_event(line: bytes) -> Event:
    """The event that ``event_line`` wrote."""
    match json.loads(line):
        case {"state": state}:
            return Entered(State(state))
        case {"share": share}:
            return Progress(share)
        case {"notes": rows, "chords": chords, "until": until}:
            notes = tuple(Note(Instrument(row[0]), *row[1:]) for row in rows)
            return Draft(notes, tuple(chords), until)
        case {"warning": text}:
            return Warned(text)
        case {"error": error}:
            return Failed(error)
        case _:
            return Done()


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values).encode() + b"\n"
