"""Lays hits out on a timeline to write: shots that meet at the edits, and markers over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.hits import HitList, Kind
from engine.timecode import FrameRate, nearest_frame
from engine.timeline.labels import tagged

GRADUAL: tuple[Kind, ...] = ("dissolve", "fade", "wipe")
"""Edits that formats write as a transition, if they have an end."""
TAIL = 1.0
"""How long a timeline of unknown length goes on after the last hit, in seconds."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A gradual edit, in frames."""

    kind: Kind
    first: int
    frames: int


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker, in frames; ``frames`` is 1 for a moment.

    name: with tags, for a format in which a marker has a length. full_name: for another.
    """

    frame: int
    frames: int
    name: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch from one edit to the next, in frames from the film's start.

    transition: to this shot from the one before; None for a cut. note: what the hit at its
    beginning says beyond its time, its kind and its end.
    """

    start: int
    end: int
    transition: Transition | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The shots, without gaps, and the markers, rising."""

    shots: tuple[Shot, ...]
    markers: tuple[Marker, ...]

    def markers_by_shot(self) -> Iterator[tuple[Shot, list[Marker]]]:
        """Each shot with its markers; the last one also has those at its end."""
        for shot in self.shots:
            last = shot is self.shots[-1]
            yield (
                shot,
                [m for m in self.markers if shot.start <= m.frame and (last or m.frame < shot.end)],
            )


def lay_out(hits: HitList, rate: FrameRate) -> Layout:
    """The hits in frames.

    An edit on the first frame changes no picture, and a format has no place for one that begins
    before the edit before it is over. Both become markers.
    """
    ends = [(hit.seconds if hit.end is None else hit.end) + TAIL for hit in hits.hits]
    frames = nearest_frame(max([hits.duration or TAIL, *ends]), rate)
    shots, markers, over = [Shot(0, frames)], [], 0
    for hit in hits.hits:
        first = nearest_frame(hit.seconds, rate)
        lasts = 1 if hit.end is None else max(1, nearest_frame(hit.end, rate) - first)
        is_gradual = hit.kind in GRADUAL and hit.end is not None
        # Two shots meet in the middle of a transition.
        frame = first + lasts // 2 if is_gradual else first
        if not hit.is_edit or frame <= shots[-1].start or first < over:
            name = tagged(hit, {"end"} if lasts > 1 else ())
            markers.append(Marker(first, lasts, name, tagged(hit)))
            continue
        over = first + lasts if is_gradual else first
        transition = Transition(hit.kind, first, lasts) if is_gradual else None
        known = {"kind", "end"} if is_gradual else {"kind"} if hit.kind == "cut" else set()
        shots[-1] = Shot(shots[-1].start, frame, shots[-1].transition, shots[-1].note)
        shots.append(Shot(frame, frames, transition, tagged(hit, known)))
    return Layout(tuple(shots), tuple(sorted(markers, key=lambda marker: marker.frame)))
