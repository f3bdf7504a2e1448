"""What a user asks of a piece, as the command line and the server both take it.

Both make a :class:`Request` by :func:`parse_request`, so both have the same options and the same
checks. Ranges of the music's own options are stated where the engine uses them
(:class:`~engine.composing.sampling.Sampling`, :func:`~engine.music.conditions.parse_conditions`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from engine.checks import Check, checked, flag, number, text, times, whole
from engine.composing.config import GenerationConfig
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, from_json, to_json
from engine.emotion.sections import override
from engine.errors import EmsyncError
from engine.music.conditions import parse_conditions
from engine.plan.plan import Plan
from engine.plan.plan import from_json as plan_from_json
from engine.plan.plan import to_json as plan_to_json
from engine.plan.timing import Timing
from engine.score import Instrument

TAKES = 4
"""Takes to choose from, unless the user says otherwise."""
MOST_TAKES = 64
LONGEST = 24 * 3600.0
"""The latest time that may be asked for, in seconds."""


@dataclass(frozen=True, slots=True)
class Request:
    """A piece to compose, or a film to analyze.

    video: path of the film. start, end: seconds of the film.
    emotion: one of :data:`~engine.emotion.words.EMOTIONS`, or ``auto``.
    valence, arousal: -1..1; None as perceived.
    boundaries: seconds from ``start``, rising, in place of the cuts.
    cues: a cue sheet, in place of analyzing the film.
    takes: how many to choose from. instruments: who plays.
    temperature, top_p, min_p, guidance, repetition: None for the usual value.
    plan: the beats and bars to keep; None for the music's own.
    bpm, time_signature, key, density: None for the music's own.
    live: play while composing, once ``reserve`` seconds of music are ready. Composes one take.
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
    takes: int = TAKES
    instruments: tuple[Instrument, ...] = tuple(Instrument)
    temperature: float | None = None
    top_p: float | None = None
    min_p: float | None = None
    guidance: float | None = None
    repetition: float | None = None
    plan: Plan | None = None
    bpm: float | None = None
    time_signature: str | None = None
    key: str | None = None
    density: float | None = None
    live: bool = False
    reserve: float = 4.0

    def __post_init__(self) -> None:
        """Raises EmsyncError for options that are out of range or exclude each other."""
        if self.cues is not None and (self.start, self.end) != (None, None):
            raise EmsyncError("start, end: the cue sheet has its own; leave out one or the other")
        if self.plan is not None and (self.bpm, self.time_signature) != (None, None):
            raise EmsyncError("bpm, time_signature: the plan has its own; leave out the others")
        override((), *self.user_emotion)
        self.generation_config()

    @property
    def timing(self) -> Timing | None:
        """The clock of the plan, if there is one."""
        return None if self.plan is None else Timing(self.plan)

    @property
    def seconds_at(self) -> Callable[[float], float] | None:
        """The tempo map, quarter notes to seconds, if the user gave one; else None."""
        if (timing := self.timing) is not None:
            return timing.seconds_at
        bpm = self.bpm
        return None if bpm is None else lambda beats: beats * 60 / bpm

    @property
    def user_emotion(self) -> tuple[str | None, float | None, float | None]:
        """The emotion, valence and arousal that the user gave; None for each that is perceived."""
        return None if self.emotion == "auto" else self.emotion, self.valence, self.arousal

    def generation_config(self) -> GenerationConfig:
        """How to compose. Raises EmsyncError for an option out of range."""
        given = {field.name: getattr(self, field.name) for field in fields(Sampling)}
        sampling = Sampling(**{name: value for name, value in given.items() if value is not None})
        conditions = parse_conditions(self.bpm, self.time_signature, self.key, self.density)
        timing = self.timing
        if timing is not None:
            # Notes a second of the film, as notes a second of the music.
            density = conditions.density * timing.plan.duration
            density /= timing.music_time(timing.plan.duration)
            conditions = replace(
                conditions, tempo=timing.tempo, metre=timing.plan.metre, density=density
            )
        return GenerationConfig(
            self.seed,
            instruments=self.instruments,
            sampling=sampling,
            conditions=conditions,
            grid=None if timing is None else timing.grid,
        )


def parse_request(values: Mapping[str, Any]) -> Request:
    """The request that a JSON object makes; null counts as left out.

    ``cues`` may be a CueSheet. ``meter``, the former name of ``time_signature``, is still taken.
    Raises EmsyncError naming the field that is wrong.
    """
    given = {name: value for name, value in values.items() if value is not None}
    for former, name in _FORMER.items():
        if former in given:
            if name in given:
                raise EmsyncError(f"{former}, {name}: two names of one field; leave out {former}")
            given[name] = given.pop(former)
    if "video" not in given:
        raise EmsyncError("video is missing; give the path of the film")
    return Request(**checked(_CHECKS, given))


def request_json(request: Request) -> dict[str, Any]:
    """The JSON object that makes this request, without the fields that have their usual value."""
    given = {f.name: getattr(request, f.name) for f in fields(request)}
    usual = {f.name: f.default for f in fields(request)}
    return {name: _plain(value) for name, value in given.items() if value != usual[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, CueSheet):
        return json.loads(to_json(value))
    if isinstance(value, Plan):
        return json.loads(plan_to_json(value))
    if isinstance(value, tuple):
        return [item.value if isinstance(item, Instrument) else item for item in value]
    return value


def _instruments(name: str, value: Any) -> tuple[Instrument, ...]:
    known = [i.value for i in Instrument]
    if not isinstance(value, list) or not value or not all(item in known for item in value):
        raise EmsyncError(f"{name} must be a list of one or more of {', '.join(known)}")
    return tuple(i for i in Instrument if i.value in value)


def _cues(name: str, value: Any) -> CueSheet:
    return value if isinstance(value, CueSheet) else from_json(json.dumps(value), name)


def _plan(name: str, value: Any) -> Plan:
    return value if isinstance(value, Plan) else plan_from_json(json.dumps(value), name)


_FORMER = {"meter": "time_signature"}
_any_number = number()
_time = number(0.0, LONGEST)
_CHECKS: Mapping[str, Check] = {
    "video": text,
    "emotion": text,
    "valence": _any_number,
    "arousal": _any_number,
    "boundaries": times(LONGEST),
    "start": _time,
    "end": _time,
    "cues": _cues,
    "plan": _plan,
    "seed": whole(0, 2**63 - 1),
    "takes": whole(1, MOST_TAKES),
    "instruments": _instruments,
    "temperature": _any_number,
    "top_p": _any_number,
    "min_p": _any_number,
    "guidance": _any_number,
    "repetition": _any_number,
    "bpm": _any_number,
    "time_signature": text,
    "key": text,
    "density": _any_number,
    "live": flag,
    "reserve": number(0.0, 600.0),
}
"""How each field is checked. Fields with ``_any_number`` have their range in the engine."""
