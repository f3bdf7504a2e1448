"""The requests of jobs that go on from another job: another seed, a part anew, a new cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bridge.scoring import new_cut, selection
from bridge.scoring.limits import TAKES_ANEW
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request
from engine.cues import CueSheet
from engine.cues_json import from_json
from engine.emotion.mapping import MU_MAX
from engine.errors import EmsyncError
from engine.hits import hit_json
from engine.plan.plan import Plan
from engine.score import Instrument

_SAMPLING = ("temperature", "top_p", "min_p", "guidance", "repetition")
_FILES = ("audio", "film", "mix_original", "chapters", "exports")
PERFORMANCE = ("dynamics", "humanize", "expression")
"""The fields of a request that say how notes are played."""
_OF_RESCORE = {"seed", "takes", "plan", *PERFORMANCE, *_SAMPLING, *_FILES}
"""The fields of a request that a rescore takes."""
_READING = ("experts", "mapping", "listen_to_music", "intensity")
_OF_RECUT = {
    "boundaries", "start_timecode", "start", "end", "sensitivity", "seed", "takes",
    *PERFORMANCE, *_READING, *_SAMPLING, *_FILES,
}  # fmt: skip
"""The fields of a request that a re-cut takes, beside those of its files."""


def seeded_request(
    request: Request,
    seed: int,
    cues: CueSheet | None = None,
    plan: Plan | None = None,
    takes: int | None = None,
    performance: Mapping[str, Any] | None = None,
) -> Request:
    """A request with another seed. cues, plan: in place of the film's. takes: None for as many.

    performance: fields of :data:`PERFORMANCE` in place of the request's. Raises EmsyncError for a
    seed that is out of range, and for a field that is wrong.
    """
    given = dict(performance or {})
    checked = parse_request({"video": request.video, "seed": seed, **given})
    playing = {name: getattr(checked, name) for name in given}
    # Changes of a live piece belong to its seed.
    request = replace(request, seed=checked.seed, changes=(), **playing)
    if takes is not None:
        request = replace(request, takes=takes)
    if plan is not None:
        request = replace(
            request, plan=plan, bpm=None, time_signature=None, feel=None, key=None,
            density=None, chords=None, tempo_map=None, free=False,
            instruments=tuple(Instrument),
        )  # fmt: skip
    if cues is not None:
        # These options have already changed the cue sheet.
        request = replace(
            request, cues=cues, start=None, end=None, boundaries=None, spotting=None,
            sensitivity=None, min_distance=None, no_hits=(), hit_offset=0,
            emotion="auto", valence=None, arousal=None, intensity=MU_MAX, rescore=None,
            recut=None, experts=None, mapping="fusion", listen_to_music=False,
        )  # fmt: skip
    return request


def rescore_request(old: Request, values: Mapping[str, Any]) -> Request:
    """The request of a rescore. old: of the finished piece. values: the fields of the body.

    Raises EmsyncError for a field that is wrong.
    """
    selected, given = _parted(with_hits_of_cues(values), selection.FIELDS, _OF_RESCORE)
    usual = {
        "video": old.video,
        "seed": old.seed + 1,
        "takes": TAKES_ANEW,
        **_kept(old, (*PERFORMANCE, *_SAMPLING, *_FILES)),
    }
    return parse_request({**usual, **given, "rescore": selected})


def recut_request(
    old: Request, values: Mapping[str, Any], allowed: Callable[[str], str]
) -> Request:
    """The request of a re-cut. old: of the old cut. values: the fields of the body.

    allowed: the whole path of a file; raises Forbidden where none may come from. Raises EmsyncError
    for a field that is wrong.
    """
    listed, given = _parted(values, new_cut.FIELDS, _OF_RECUT)
    files = new_cut.parse_cut("recut", listed)
    paths = {name: getattr(files, name) for name in new_cut.PATHS}
    checked = {name: allowed(path) for name, path in paths.items() if path is not None}
    files = replace(files, **checked)
    usual = {
        "video": files.video or old.video,
        **_kept(old, ("seed", *PERFORMANCE, *_READING, *_SAMPLING, *_FILES)),
    }
    if files.video is None:
        # Nobody has the film of a list.
        given["film"] = False
    return parse_request({**usual, **given, "recut": files})


def with_hits_of_cues(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a rescore with the hits of a cue sheet in its place.

    Raises EmsyncError for a wrong cue sheet, and for hits beside it.
    """
    rest = {name: value for name, value in values.items() if name != "cues"}
    if values.get("cues") is None:
        return rest
    if rest.get("hits") is not None:
        raise EmsyncError("cues, hits: both give the hits; leave out one of them")
    cues = from_json(json.dumps(values["cues"]), "cues")
    return {**rest, "hits": [hit_json(hit) for hit in cues.hits]}


def _kept(request: Request, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a request."""
    return {name: getattr(request, name) for name in names}


def _parted(
    values: Mapping[str, Any], own: Collection[str], of_request: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a body that are its own, and those of a request.

    Raises EmsyncError for a field that is neither.
    """
    if wrong := sorted(values.keys() - {*own, *of_request}):
        raise EmsyncError(
            f"{wrong[0][:40]!r} is no option; choose from {', '.join((*own, *sorted(of_request)))}"
        )
    return (
        {name: value for name, value in values.items() if name in own},
        {name: value for name, value in values.items() if name not in own},
    )
