"""What a client may ask a piece to be: the options of ``emsync score``, as checked JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from engine.checks import Check, checked, flag, number, text, whole
from engine.cues import EKMAN, CueSheet, from_json, to_json
from engine.errors import EmsyncError
from engine.music.conditions import DENSEST, FASTEST, SLOWEST, SPARSEST, asked_for
from engine.score import Instrument

MOST_TAKES = 64
LONGEST = 24 * 3600.0
"""No time asked for lies beyond so many seconds."""


@dataclass(frozen=True, slots=True)
class Request:
    """A piece to compose, or a film to analyse.

    video: path of the film. start, end: seconds of the film. valence, arousal: -1..1, None as
    perceived. boundaries: seconds from ``start``, rising, in place of the cuts. cues: a cue sheet
    in place of watching. takes, temperature, top_p, min_p, guidance, repetition:
    None for what is usual. bpm, meter, key, density: None for the music's own.
    live: play while composing, once ``reserve`` seconds of music are ready; composes one take.
    """

    video: str
    emotion: str = "auto"
    valence: float | None = None
    arousal: float | None = None
    boundaries: tuple[float, ...] | None = None
    start: float | None = None
    end: float | None = None
    cues: CueSheet | None = None
    seed: int = 0
    takes: int | None = None
    instruments: tuple[Instrument, ...] = tuple(Instrument)
    temperature: float | None = None
    top_p: float | None = None
    min_p: float | None = None
    guidance: float | None = None
    repetition: float | None = None
    bpm: float | None = None
    meter: str | None = None
    key: str | None = None
    density: float | None = None
    live: bool = False
    reserve: float = 4.0


def parse_request(values: Mapping[str, Any]) -> Request:
    """The request that a JSON object makes, null as if left out.

    Raises EmsyncError naming the field that is wrong.
    """
    values = {name: value for name, value in values.items() if value is not None}
    if "video" not in values:
        raise EmsyncError("video is missing; give the path of the film")
    request = Request(**checked(_CHECKS, values))
    if request.cues is not None and (request.start, request.end) != (None, None):
        raise EmsyncError("start, end: the cue sheet has its own; leave out one or the other")
    asked_for(request.bpm, request.meter, request.key, request.density)
    return request


def request_json(request: Request) -> dict[str, Any]:
    """The JSON object that makes this request; what is as usual is left out."""
    given = {f.name: getattr(request, f.name) for f in fields(request)}
    usual = {f.name: f.default for f in fields(request)}
    return {name: _plain(value) for name, value in given.items() if value != usual[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, CueSheet):
        return json.loads(to_json(value))
    if isinstance(value, tuple):
        return [item.value if isinstance(item, Instrument) else item for item in value]
    return value


def _emotion(name: str, value: Any) -> str:
    if value not in ("auto", *EKMAN):
        raise EmsyncError(f"{name} must be one of auto, {', '.join(EKMAN)}")
    return str(value)


def _times(name: str, value: Any) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise EmsyncError(f"{name} must be a list of times in seconds")
    times = tuple(_time(f"{name}[{place}]", item) for place, item in enumerate(value))
    if any(after <= before for before, after in pairwise(times)):
        raise EmsyncError(f"{name} must rise; sort the times")
    return times


def _instruments(name: str, value: Any) -> tuple[Instrument, ...]:
    known = [i.value for i in Instrument]
    if not isinstance(value, list) or not value or not all(item in known for item in value):
        raise EmsyncError(f"{name} must be a list of one or more of {', '.join(known)}")
    return tuple(i for i in Instrument if i.value in value)


def _cues(name: str, value: Any) -> CueSheet:
    return value if isinstance(value, CueSheet) else from_json(json.dumps(value), name)


_time = number(0.0, LONGEST)
_CHECKS: Mapping[str, Check] = {
    "video": text,
    "emotion": _emotion,
    "valence": number(-1.0, 1.0),
    "arousal": number(-1.0, 1.0),
    "boundaries": _times,
    "start": _time,
    "end": _time,
    "cues": _cues,
    "seed": whole(0, 2**63 - 1),
    "takes": whole(1, MOST_TAKES),
    "instruments": _instruments,
    "temperature": number(math.ulp(0.0), 10.0),
    "top_p": number(math.ulp(0.0), 1.0),
    "min_p": number(0.0, math.nextafter(1.0, 0.0)),
    "guidance": number(0.0, 10.0),
    "repetition": number(0.0, 5.0),
    "bpm": number(SLOWEST, FASTEST),
    "meter": text,
    "key": text,
    "density": number(SPARSEST, DENSEST),
    "live": flag,
    "reserve": number(0.0, 600.0),
}
