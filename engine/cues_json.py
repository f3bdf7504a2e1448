"""The cue sheet as JSON, which users may edit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from engine.checks import Check, Fields, any_text, items, number
from engine.cues import KINDS, CueSheet, Transition, Video
from engine.emotion.notation import checked_emotion
from engine.emotion.words import felt
from engine.errors import EmsyncError
from engine.files import read_text, write_atomically
from engine.hits import any_emotion, hit_json, rising_hits, stretches
from engine.section import EKMAN, Evidence, Section
from engine.spotting import cue_json, spotting_list

_EXTENT = ("start", "centre", "end")
_SLACK = 0.01
"""How far an edited section may end from its neighbour or from the film's end, in seconds."""


def to_json(cues: CueSheet) -> str:
    """The cue sheet as JSON; an unknown valence or arousal is null."""
    sheet = asdict(cues)
    sheet["cuts"] = [_cut_json(cut) for cut in cues.cuts]
    sheet = {"boundaries" if name == "hits" else name: value for name, value in sheet.items()}
    sheet["boundaries"] = [hit_json(hit) for hit in cues.hits]
    if not cues.no_hits:
        del sheet["no_hits"]
    sheet["spotting"] = [cue_json(cue) for cue in cues.spotting]
    if not cues.spotting:
        del sheet["spotting"]
    if cues.video.timecode is None:
        del sheet["video"]["timecode"]
    sheet["sections"] = [section_json(section) for section in cues.sections]
    return json.dumps(sheet, indent=2, allow_nan=False) + "\n"


def section_json(section: Section) -> dict[str, Any]:
    """A section as a JSON object; an unknown valence or arousal is null."""
    content = asdict(section)
    for field in ("valence", "arousal"):
        if math.isnan(content[field]):
            content[field] = None
    for field in ("evidence", "arousal_from", "word"):
        if not content[field]:
            del content[field]
    return content


def from_json(text: str, name: str = "cue sheet") -> CueSheet:
    """The cue sheet in JSON that ``to_json`` wrote and a user may have edited.

    name: what errors call the cue sheet. ``cuts``, ``spotting`` and a section's ``probabilities``
    and ``source`` may be missing; a missing emotion has the probability 0. A number in ``cuts`` is
    a hard cut. A time in ``spotting`` may be a timecode of the film.
    Raises EmsyncError for any other fault.
    """
    try:
        values = json.loads(text, parse_int=float)
    except (json.JSONDecodeError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not JSON ({error}); correct it or analyze again") from error
    sheet = Fields(name, values)
    if "points" in sheet and "video" not in sheet:
        raise EmsyncError(
            f"{name}: is a plan, not a cue sheet; give the film, and this file as plan"
        )
    film = sheet.object("video")
    video = Video(
        path=film.get("path", any_text),
        duration=film.get("duration", number(0.0)),
        fps=film.get("fps", number(0.0)),
        width=int(film.get("width", number(1.0))),
        height=int(film.get("height", number(1.0))),
        timecode=film.get("timecode", any_text) if "timecode" in film else None,
    )
    try:
        clock = video.clock
    except ValueError as error:
        raise film.error("timecode", f"is wrong: {error}") from error
    start = sheet.get("start", number(0.0, video.duration))
    end = sheet.get("end", number(start, video.duration + _SLACK))
    if end == start:
        raise sheet.error("end", "must be after start")
    duration = end - start

    zero = Fraction(start)

    def from_start(text: str) -> float:
        return float(replace(clock, zero=zero).seconds(text) - zero)

    return CueSheet(
        video=video,
        start=start,
        end=end,
        cuts=sheet.get("cuts", _cuts(duration)) if "cuts" in sheet else (),
        hits=sheet.get("boundaries", rising_hits(duration)),
        sections=_sections(sheet, duration),
        no_hits=sheet.get("no_hits", stretches(duration)) if "no_hits" in sheet else (),
        spotting=(
            sheet.get("spotting", spotting_list(duration, from_start))
            if "spotting" in sheet
            else ()
        ),
    )


def write_cues(cues: CueSheet, path: str | Path) -> None:
    """Write the cue sheet to ``path`` as JSON, atomically.

    Raises EmsyncError if ``path`` can't be written.
    """
    write_atomically(path, to_json(cues))


def read_cues(path: str | Path) -> CueSheet:
    """Read a cue sheet. Raises EmsyncError that names the file and the wrong field."""
    return from_json(read_text(path), str(path))


def _cut_json(cut: Transition) -> dict[str, Any]:
    """A transition as a JSON object; a hard cut has no start, centre and end."""
    fields = asdict(cut)
    if cut.start == cut.centre == cut.end == cut.time:
        for field in _EXTENT:
            del fields[field]
    return fields


def _cuts(duration: float) -> Check:
    """A check for lists of transitions up to ``duration``: objects, or numbers for hard cuts."""
    time = number(0.0, duration)

    def check(name: str, value: Any) -> tuple[Transition, ...]:
        found: list[Transition] = []
        for place, item in enumerate(items(name, value)):
            at = f"{name}[{place}]"
            cut = _cut(at, item, time) if isinstance(item, dict) else Transition(time(at, item))
            if found and cut.time <= found[-1].time:
                raise EmsyncError(f"{at} is not after {found[-1].time:g}; sort the times")
            found.append(cut)
        return tuple(found)

    return check


def _cut(name: str, value: Any, time: Check) -> Transition:
    """One transition. A field that is missing has its value of a hard cut."""
    fields = Fields(name, value)
    at = fields.get("time", time)
    start, centre, end = (
        fields.get(field, time) if field in fields else at for field in _EXTENT
    )  # fmt: skip
    if not start <= min(centre, at) <= max(centre, at) <= end:
        raise fields.error("time", "and centre must lie between start and end")
    kind = fields.get("kind", any_text) if "kind" in fields else "cut"
    if kind not in KINDS:
        raise fields.error("kind", f"must be one of {', '.join(KINDS)}")
    strength = fields.get("strength", number(0.0, 1.0)) if "strength" in fields else 1.0
    return Transition(at, kind, start, centre, end, strength)


def _sections(sheet: Fields, duration: float) -> tuple[Section, ...]:
    """The sections, joined exactly where they meet within ``_SLACK``."""
    sections: list[Section] = []
    place = 0.0
    objects = sheet.objects("sections")
    for index, fields in enumerate(objects):
        if abs(fields.get("start", number(0.0)) - place) > _SLACK:
            raise fields.error("start", f"must be {place:g}: sections follow without gaps")
        end = fields.get("end", number(place, duration + _SLACK))
        if index == len(objects) - 1:
            if duration - end > _SLACK:
                raise fields.error("end", f"must be {duration:g}: the sections cover the film")
            end = duration
        if end <= place:
            raise fields.error("end", "must be after the section's start")
        sections.append(_section(fields, place, end))
        place = end
    if not sections:
        raise sheet.error("sections", "must hold at least one section")
    return tuple(sections)


def _section(fields: Fields, start: float, end: float) -> Section:
    """A section; one with ``emotion`` needs nothing else."""
    if "emotion" in fields:
        for other in ("valence", "arousal", "probabilities"):
            if other in fields:
                raise fields.error("emotion", f"and {other} say the same; leave out one of them")
        try:
            return felt(start, end, checked_emotion(fields.get("emotion", any_emotion)))
        except ValueError as error:
            raise fields.error("emotion", f"is wrong: {error}") from error
    return Section(
        start=start,
        end=end,
        probabilities=_probabilities(fields),
        valence=fields.get("valence", _coordinate),
        arousal=fields.get("arousal", _coordinate),
        source=fields.get("source", any_text) if "source" in fields else "user",
        evidence=tuple(map(_evidence, fields.objects("evidence"))) if "evidence" in fields else (),
        arousal_from=_shares(fields),
        word=fields.get("word", any_text) if "word" in fields else "",
    )


def _evidence(fields: Fields) -> Evidence:
    return Evidence(
        fields.get("time", number(0.0)),
        fields.get("expert", any_text),
        fields.get("text", any_text),
        fields.get("weight", number(0.0, 1.0)),
    )


def _shares(section: Fields) -> Mapping[str, float]:
    if "arousal_from" not in section:
        return {}
    shares = section.object("arousal_from")
    return {source: shares.get(source, number(0.0, 1.0)) for source in shares}


def _coordinate(name: str, value: Any) -> Any:
    """A check for -1..1, or null for NaN."""
    return math.nan if value is None else number(-1.0, 1.0)(name, value)


def _probabilities(section: Fields) -> Mapping[str, float]:
    if "probabilities" not in section:
        return {}
    given = section.object("probabilities")
    if not list(given):
        return {}
    for emotion in given:
        if emotion not in EKMAN:
            raise given.error(emotion, f"is no known emotion; use {', '.join(EKMAN)}")
    probabilities = {
        emotion: given.get(emotion, number(0.0, 1.0)) if emotion in given else 0.0
        for emotion in EKMAN
    }
    total = sum(probabilities.values())
    if abs(total - 1) > 0.01:
        raise section.error("probabilities", f"sum to {total:g}; they must sum to 1")
    return probabilities
