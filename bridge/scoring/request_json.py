"""A request as a JSON object, and the checks of its fields; for the command line and the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bridge.scoring.files import EXPORTS
from bridge.scoring.limits import (
    AUDIO,
    FURTHEST_OFFSET,
    LONGEST,
    MOST_TAKES,
    ORIGINAL_LEVELS,
)
from bridge.scoring.live import change_values, parse_changes
from bridge.scoring.music_checks import chords_of_bars, instruments
from bridge.scoring.new_cut import CutFiles, cut_json, parse_cut
from bridge.scoring.request import Request
from bridge.scoring.selection import Selection, parse_selection, selection_json
from bridge.scoring.theme_json import parse_theme, theme_json
from engine.checks import Check, checked, flag, items, number, one_of, text, whole
from engine.cues import CueSheet
from engine.cues_json import from_json, to_json
from engine.emotion.experts.registry import listed
from engine.emotion.fusion import MAPPINGS, MappingName
from engine.errors import EmsyncError
from engine.hits import Hit, hit_json, rising_hits, stretches
from engine.live.control import LiveChange
from engine.plan.json_form import from_json as plan_from_json
from engine.plan.json_form import to_json as plan_to_json
from engine.plan.plan import Plan
from engine.plan.tempo_map import TempoMap
from engine.plan.tempo_map import from_values as tempo_map_from
from engine.plan.tempo_map import to_values as tempo_map_values
from engine.plan.theme import Theme
from engine.score import Instrument
from engine.spotting import MusicCue, cue_json, spotting_list
from engine.timecode import is_label


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
    if isinstance(value, LiveChange):
        return change_values(value)
    if isinstance(value, Selection):
        return selection_json(value)
    if isinstance(value, CutFiles):
        return cut_json(value)
    if isinstance(value, Theme):
        return theme_json(value)
    if isinstance(value, TempoMap):
        return tempo_map_values(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Hit):
        return hit_json(value)
    if isinstance(value, MusicCue):
        return cue_json(value)
    return value.value if isinstance(value, Instrument) else value


def _experts(name: str, value: Any) -> tuple[str, ...]:
    """Names of experts: a list, or one text with commas."""
    if isinstance(value, str):
        return listed(value)
    return listed(",".join(text(f"{name}[{n}]", each) for n, each in enumerate(items(name, value))))


def _exports(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(item in EXPORTS for item in value):
        raise EmsyncError(f"{name} must be a list of any of {', '.join(EXPORTS)}")
    return tuple(kind for kind in EXPORTS if kind in value)


def _mapping(name: str, value: Any) -> MappingName:
    if value not in MAPPINGS:
        raise EmsyncError(f"{name} must be one of {', '.join(MAPPINGS)}")
    return value


def _cues(name: str, value: Any) -> CueSheet:
    return value if isinstance(value, CueSheet) else from_json(json.dumps(value), name)


def _plan(name: str, value: Any) -> Plan:
    return value if isinstance(value, Plan) else plan_from_json(json.dumps(value), name)


def _tempo_map(name: str, value: Any) -> TempoMap:
    return value if isinstance(value, TempoMap) else tempo_map_from(name, value)


def _label(name: str, value: Any) -> str:
    if not isinstance(value, str) or not is_label(value):
        raise EmsyncError(f"{name} must be a timecode, such as 01:00:00:00")
    return value.strip()


_FORMER = {"meter": "time_signature"}
_any_number = number()
_time = number(0.0, LONGEST)
_CHECKS: Mapping[str, Check] = {
    "video": text,
    "emotion": text,
    "valence": _any_number,
    "arousal": _any_number,
    "experts": _experts,
    "mapping": _mapping,
    "listen_to_music": flag,
    "emotion_network": text,
    "intensity": _any_number,
    "boundaries": rising_hits(LONGEST),
    "start_timecode": _label,
    "start": _time,
    "end": _time,
    "sensitivity": number(0.1, 10.0),
    "min_distance": number(0.0, 3600.0),
    "no_hits": stretches(LONGEST),
    "hit_offset": whole(-FURTHEST_OFFSET, FURTHEST_OFFSET),
    "spotting": spotting_list(LONGEST),
    "cues": _cues,
    "plan": _plan,
    "tempo_map": _tempo_map,
    "seed": whole(0, 2**63 - 1),
    "takes": whole(1, MOST_TAKES),
    "instruments": instruments,
    "dynamics": number(0.0, 1.0),
    "humanize": number(0.0, 1.0),
    "expression": flag,
    "temperature": _any_number,
    "top_p": _any_number,
    "min_p": _any_number,
    "guidance": _any_number,
    "repetition": _any_number,
    "bpm": _any_number,
    "time_signature": text,
    "feel": text,
    "key": text,
    "density": _any_number,
    "chords": chords_of_bars,
    "free": flag,
    "audio": one_of(*AUDIO),
    "film": flag,
    "mix_original": number(*ORIGINAL_LEVELS),
    "chapters": one_of("cuts"),
    "exports": _exports,
    "live": flag,
    "changes": parse_changes,
    "reserve": number(0.0, 600.0),
    "rescore": parse_selection,
    "recut": parse_cut,
    "theme": parse_theme,
}
"""How each field is checked. Fields with ``_any_number`` have their range in the engine."""
