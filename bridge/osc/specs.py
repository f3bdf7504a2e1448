"""The OSC interface as a table: each address, its arguments and its meaning.

``docs/osc.md`` is written from it (``python -m bridge.osc.page``). Incoming messages are checked
against it, and outgoing ones are built from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from engine.errors import EmsyncError

DEFAULT_IN = 8731
"""The default UDP port that the server listens on."""
DEFAULT_OUT = 8732
"""The default UDP port on this machine that the server sends to."""

JOBS_AT_ONCE, SECONDS_A_JOB = 20, 3.0
"""OSC has no token: it may submit so many jobs at once, and one more every so many seconds."""


class Type(Enum):
    """The type of an argument; the value is its OSC type tag."""

    INT = "i"
    FLOAT = "f"
    TEXT = "s"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an address. Optional ones come last.

    repeated: the last argument of an address may come more than once; its value is a tuple.
    """

    name: str
    type: Type
    meaning: str
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """One address with its arguments in order."""

    path: str
    arguments: tuple[Argument, ...]
    meaning: str


_SECONDS = Argument("seconds", Type.FLOAT, "seconds from the score's zero")
_JOB = Argument("job", Type.TEXT, "the job's id")
_LOADED = Argument("job", Type.TEXT, "the job's id; empty or left out: the loaded piece", True)

OUT = (
    Address(
        "/emsync/note",
        (
            Argument("instrument", Type.TEXT, "bass, drums, guitar, piano or strings"),
            Argument("pitch", Type.INT, "MIDI pitch, 0..127"),
            Argument("velocity", Type.INT, "MIDI velocity, 1..127"),
            _SECONDS,
            Argument("duration", Type.FLOAT, "seconds the note lasts"),
        ),
        "a note is played",
    ),
    Address("/emsync/boundary", (_SECONDS,), "a boundary of the film passes"),
    Address("/emsync/chord", (_SECONDS,), "a chord that marks a boundary is played"),
    Address(
        "/emsync/emotion",
        (
            _SECONDS,
            Argument("valence", Type.FLOAT, "-1 unpleasant .. 1 pleasant; NaN unknown"),
            Argument("arousal", Type.FLOAT, "-1 calm .. 1 excited; NaN unknown"),
        ),
        "a section of the film begins, or playback jumps into it; this is its emotion",
    ),
    Address(
        "/emsync/progress",
        (
            _JOB,
            Argument(
                "state", Type.TEXT, "queued, analyzing, composing, rendering, done, failed, ..."
            ),
            Argument("share", Type.FLOAT, "progress within this state, 0..1"),
        ),
        "a job has made progress",
    ),
    Address(
        "/emsync/state",
        (
            Argument("state", Type.TEXT, "stopped, playing, paused or waiting (for music or JACK)"),
            _SECONDS,
            Argument("duration", Type.FLOAT, "seconds the piece lasts; 0 without a piece"),
            Argument("reserve", Type.FLOAT, "seconds of composed music ahead"),
            Argument("job", Type.TEXT, "the id of the piece's job, or empty"),
        ),
        "the heartbeat: once a second, and at once when the state changes; without it the server "
        "is gone",
    ),
    Address(
        "/emsync/control",
        (
            _JOB,
            Argument("bar", Type.INT, "the bar from which it holds, counted from 1"),
            Argument("seconds", Type.FLOAT, "when this bar begins, from the score's zero"),
            Argument("valence", Type.FLOAT, "-1 unpleasant .. 1 pleasant; NaN as planned"),
            Argument("arousal", Type.FLOAT, "-1 calm .. 1 excited; NaN as planned"),
            Argument("density", Type.FLOAT, "notes a second; NaN as planned"),
            Argument("instruments", Type.TEXT, "names with spaces between them; empty as planned"),
        ),
        "a piece that is composed live changes: from this bar on these controls hold",
    ),
    Address(
        "/emsync/error",
        (Argument("text", Type.TEXT, "what went wrong, where, and what to do, in one line"),),
        "a request by OSC, or a job, failed",
    ),
)
"""The messages that the server sends."""

IN = (
    Address(
        "/emsync/compose",
        (
            Argument("video", Type.TEXT, "path of the film"),
            Argument("seed", Type.INT, "0 or more; left out: 0", True),
        ),
        "compose for a film",
    ),
    Address(
        "/emsync/regenerate",
        (_LOADED, Argument("seed", Type.INT, "0 or more; left out: the next one", True)),
        "compose again for the same cue sheet, with another seed",
    ),
    Address("/emsync/cancel", (_JOB,), "cancel a job"),
    Address(
        "/emsync/play",
        (
            _LOADED,
            Argument("seconds", Type.FLOAT, "from here; left out: from the current position", True),
        ),
        "play a finished piece",
    ),
    Address(
        "/emsync/control/emotion",
        (
            Argument("valence", Type.FLOAT, "-1 unpleasant .. 1 pleasant"),
            Argument("arousal", Type.FLOAT, "-1 calm .. 1 excited"),
        ),
        "give the piece that is composed live this emotion",
    ),
    Address(
        "/emsync/control/density",
        (Argument("density", Type.FLOAT, "notes a second, 0.5..40"),),
        "give the piece that is composed live this density",
    ),
    Address(
        "/emsync/control/instruments",
        (
            Argument(
                "instruments", Type.TEXT, "bass, drums, guitar, piano or strings", repeated=True
            ),
        ),
        "let these instruments alone play in the piece that is composed live",
    ),
    Address(
        "/emsync/control/reset",
        (),
        "let the piece that is composed live go on as it was planned",
    ),
    Address("/emsync/pause", (), "pause"),
    Address("/emsync/stop", (), "stop, and end every note"),
    Address("/emsync/locate", (_SECONDS,), "go to a position"),
    Address(
        "/emsync/loop",
        (
            Argument("begin", Type.FLOAT, "seconds", True),
            Argument("end", Type.FLOAT, "seconds", True),
        ),
        "repeat this range; without arguments: no loop",
    ),
    Address(
        "/emsync/follow",
        (
            Argument("transport", Type.TEXT, "mtc, clock, jack or reaper; empty: none", True),
            Argument(
                "offset", Type.FLOAT, "where on the transport the film begins, in seconds", True
            ),
            Argument(
                "rate",
                Type.FLOAT,
                "mtc: frames a second, 23.976, 24, 25, 29.97 or 30; 0 or left out: the film's",
                True,
            ),
        ),
        "follow a DAW's transport",
    ),
)
"""The messages that the server accepts."""

BY_PATH: Mapping[str, Address] = {address.path: address for address in (*OUT, *IN)}


def named(address: Address, values: Sequence[Any]) -> dict[str, Any]:
    """The received values by argument name; an int is accepted for a float.

    Raises EmsyncError, which says what is expected, if they do not fit.
    """
    needed = sum(not argument.optional for argument in address.arguments)
    last = address.arguments[-1:]
    repeated = bool(last) and last[0].repeated
    arguments = (*address.arguments, *(max(0, len(values) - len(address.arguments)) * last))
    fit = (
        needed <= len(values)
        and (repeated or len(values) <= len(address.arguments))
        and all(
            _fits(argument.type, value) for argument, value in zip(arguments, values, strict=False)
        )
    )
    if not fit:
        expected = ", ".join(
            f"{a.name} ({a.type.name.lower()}{', optional' if a.optional else ''}"
            f"{', one or more' if a.repeated else ''})"
            for a in address.arguments
        )
        raise EmsyncError(f"{address.path}: takes {expected or 'no arguments'}")
    found: dict[str, Any] = {
        a.name: v for a, v in zip(address.arguments, values, strict=False) if not a.repeated
    }
    if repeated:
        found[last[0].name] = tuple(values[len(address.arguments) - 1 :])
    return found


def _fits(type_: Type, value: Any) -> bool:
    match type_:
        case Type.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case Type.FLOAT:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and math.isfinite(value)
        case Type.TEXT:
            return isinstance(value, str) and "\0" not in value
