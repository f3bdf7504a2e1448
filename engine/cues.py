"""The cue sheet: the boundaries and emotions of a film, which its music is composed for.

All times are seconds from the score's zero, which is the ``start`` of the scored part of the film.
:mod:`engine.cues_json` has its JSON form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from engine.errors import EmsyncError
from engine.hits import Hit, Stretch
from engine.section import Section
from engine.spotting import MusicCue
from engine.timecode import Clock, rate_near

TransitionKind = Literal["cut", "dissolve", "fade"]
KINDS: tuple[TransitionKind, ...] = get_args(TransitionKind)
"""The kinds of transitions."""


@dataclass(frozen=True, slots=True)
class Video:
    """The film.

    duration: of the whole file, in seconds. fps: nominal frame rate. width, height: in pixels as
    displayed, with rotation applied. timecode: of the first frame; None if unknown, which counts as
    zero.
    """

    path: str
    duration: float
    fps: float
    width: int
    height: int
    timecode: str | None = None

    @property
    def clock(self) -> Clock:
        """The film's timecode. Its rate is unknown if no timecode is defined for ``fps``.

        Raises ValueError for a first frame whose timecode the rate does not have.
        """
        return Clock(rate_near(self.fps), self.timecode)


@dataclass(frozen=True, slots=True)
class Transition:
    """How one shot gives way to the next.

    time: the moment that the music marks, in seconds. For a cut it is the first frame of the new
    shot, for a dissolve its centre. For a fade it is the first visible picture after the black.
    kind: one of ``KINDS``. start: when the old picture begins to go. centre: of a dissolve, where
    both pictures are equally strong; of a fade, the middle of the black. end: when only the new
    picture is left. All four are the same for a cut. strength: how much changes, 0..1, where black
    to white is 1.
    """

    time: float
    kind: TransitionKind = "cut"
    start: float = math.nan
    centre: float = math.nan
    end: float = math.nan
    strength: float = 1.0

    def __post_init__(self) -> None:
        for field in ("start", "centre", "end"):
            if math.isnan(getattr(self, field)):
                object.__setattr__(self, field, self.time)

    def moved(self, at: Callable[[float], float]) -> Transition:
        """The transition in another time. at: gives the new time of an old one."""
        return Transition(
            at(self.time), self.kind, at(self.start), at(self.centre), at(self.end), self.strength
        )

    def overlaps(self, other: Transition) -> bool:
        """Whether they share a moment."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class CueSheet:
    """The boundaries that need a chord, and the emotion of each section.

    start, end: the scored part, in seconds of the file; the score's zero is ``start``. cuts: every
    transition found, in the order of their times. hits: what the music marks: transitions (t_diff
    apart), or the user's own hits, rising. sections: contiguous, from 0 to ``end - start``.
    no_hits: stretches in which nothing is marked.
    spotting: the cues of the film's music, by time; empty for music from beginning to end.
    """

    video: Video
    start: float
    end: float
    cuts: tuple[Transition, ...]
    hits: tuple[Hit, ...]
    sections: tuple[Section, ...]
    no_hits: tuple[Stretch, ...] = ()
    spotting: tuple[MusicCue, ...] = ()

    @property
    def boundaries(self) -> tuple[float, ...]:
        """The times of the hits, in seconds."""
        return tuple(hit.seconds for hit in self.hits)

    @property
    def duration(self) -> float:
        """Length of the scored part, in seconds."""
        return self.end - self.start

    def timecode(self, seconds: float) -> str:
        """The film's timecode at a time of the score, or its clock time if its rate has none."""
        return self.video.clock.text(self.start + seconds)


def check_same_film(cues: CueSheet, video: Video) -> None:
    """Check that a cue sheet belongs to a film: the same size, and half a second apart at most.

    Raises EmsyncError if it does not.
    """
    sheet = cues.video
    same_size = (sheet.width, sheet.height) == (video.width, video.height)
    if not same_size or abs(sheet.duration - video.duration) > 0.5:
        raise EmsyncError(
            f"{video.path}: lasts {video.duration:.1f} s at {video.width}x{video.height}, but the "
            f"cue sheet is of a film of {sheet.duration:.1f} s at {sheet.width}x{sheet.height} "
            f"({sheet.path}); analyze this film again"
        )
