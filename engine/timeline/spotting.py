"""Spotting lists in lists of hits: each stretch is a cue of music, and its label is the cue's name.

A label may go on after the name: ``1m2 [variation of 1m1]``. Of a cue sheet, the list is read as it
stands there.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.cues_json import read_cues
from engine.errors import EmsyncError, shown
from engine.hits import Hit, HitList, in_order
from engine.spotting import MusicCue, check_spotting, within
from engine.timecode import Clock
from engine.timeline.cue_sheet import is_cue_sheet
from engine.timeline.formats import read_hits


def read_spotting(
    path: Path, clock: Clock, start: float, end: float
) -> tuple[tuple[MusicCue, ...], Clock]:
    """The cues that a file names, in seconds from ``start``, and the clock of its times.

    clock: as for :func:`~engine.timeline.formats.read_hits`. start, end: of the scored part, in
    seconds of the film. Raises EmsyncError for a file that can't be read, and for cues that do not
    go together or leave the scored part.
    """
    if is_cue_sheet(path):
        sheet = read_cues(path)
        if not sheet.spotting:
            raise EmsyncError(f"{path}: this cue sheet has no spotting list; add one to it")
        moved, found = sheet.start - start, sheet.spotting
        own = sheet.video.clock
        clock = replace(clock, rate=clock.rate or own.rate, start=clock.start or own.start)
    else:
        hits = read_hits(path, clock)
        moved, clock = -start, hits.clock
        found = tuple(_cues_of(hits, path))
    try:
        return within(check_spotting(cue.moved(moved) for cue in found), end - start), clock
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error


def hits_of_spotting(
    cues: Iterable[MusicCue], clock: Clock, duration: float | None = None
) -> HitList:
    """A spotting list as hits, which ``read_spotting`` reads back.

    cues: in seconds of the film. duration: of the film, in seconds; None if unknown.
    """
    hits = [Hit(cue.start, _label(cue), emotion=cue.emotion, end=cue.end) for cue in cues]
    return HitList(in_order(hits), clock, duration)


def _cues_of(hits: HitList, path: Path) -> Sequence[MusicCue]:
    markers = [hit for hit in hits.hits if not hit.is_edit]
    stretches = [hit for hit in markers if hit.end is not None]
    if not stretches:
        raise EmsyncError(
            f"{path}: no stretch has an in point and an out point; write one a line, such as "
            "01:00:12:05 - 01:00:45:00  1m1"
        )
    if moments := len(markers) - len(stretches):
        warnings.warn(f"{path}: {moments} moments without an out point are left out", stacklevel=4)
    try:
        named = [_NAME.fullmatch(hit.label) for hit in stretches]
        names = [match["name"] if match else "" for match in named]
        return [
            MusicCue(
                name,
                hit.seconds,
                hit.end or hit.seconds,
                _named(match["model"], names) if match and match["model"] else None,
                hit.emotion,
            )
            for hit, name, match in zip(stretches, names, named, strict=True)
        ]
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error


def _named(model: str, names: Sequence[str]) -> str:
    """The name that a variation means: a whole name, or the first word of one.

    Raises ValueError where it may be several.
    """
    if model in names:
        return model
    near = [name for name in names if name.split()[:1] == [model]]
    if len(near) > 1:
        raise ValueError(f"variation of {shown(model)} may be {' or '.join(near)}; give one")
    return near[0] if near else model


def _label(cue: MusicCue) -> str:
    return cue.name + ("" if cue.variation_of is None else f" (variation of {cue.variation_of})")


_NAME = re.compile(
    r"(?P<name>.*?)(?:[\s,]*[\[(]?variation of (?P<model>[^\])]*?)\s*[\])]?)?", re.IGNORECASE
)
