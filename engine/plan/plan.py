"""The plan as data, and as JSON that a user reads, edits and hands back."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from engine.checks import Fields, items, number, whole
from engine.errors import EmsyncError
from engine.files import read_text
from engine.music.conditions import FASTEST, METRES, SLOWEST, UNKNOWN
from engine.plan.tempo_search import TempoFit

LONGEST_BAR = 12
"""Quarter notes."""
MOST_BEATS = 10_000_000
_bar = whole(1, LONGEST_BAR)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the beats and bars of a piece lie.

    duration: of the film, in seconds.
    points: quarter notes from the start and their film time, rising from (0, 0); the tempo between
    two of them is constant. The last point lies at the film's end or beyond. bars: quarter notes of
    each bar, up to the film's end.

    Raises EmsyncError naming the field that is wrong.
    """

    duration: float
    points: tuple[tuple[int, float], ...]
    bars: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 < self.duration < math.inf:
            raise EmsyncError(f"duration: {self.duration:g} s; give more than 0")
        if self.points[:1] != ((0, 0.0),):
            raise EmsyncError("points: the first must be beat 0 at 0 s")
        for place, ((beat, seconds), (next_beat, next_seconds)) in enumerate(
            pairwise(self.points), start=1
        ):
            if next_beat <= beat or not seconds < next_seconds < math.inf:
                raise EmsyncError(
                    f"points[{place}]: beat {next_beat} at {next_seconds:g} s does not come after "
                    f"beat {beat} at {seconds:g} s"
                )
            tempo = 60 * (next_beat - beat) / (next_seconds - seconds)
            if not SLOWEST <= tempo <= FASTEST:
                raise EmsyncError(
                    f"points[{place}]: {tempo:.0f} beats a minute lead there; keep them from "
                    f"{SLOWEST:g} to {FASTEST:g}"
                )
        if len(self.points) < 2 or self.points[-1][1] < self.duration - 0.001:
            raise EmsyncError(
                f"points: the last must lie at the end, {self.duration:g} s, or later"
            )
        for place, bar in enumerate(self.bars):
            _bar(f"bars[{place}]", bar)
        if not self.bars:
            raise EmsyncError("bars: give one or more")

    @property
    def tempo(self) -> float:
        """The mean tempo in quarter notes a minute."""
        beat, seconds = self.points[-1]
        return 60 * beat / seconds

    @property
    def metre(self) -> float:
        """Index into ``conditions.METRES`` of the commonest bar; NaN if the network knows none."""
        name = f"{Counter(self.bars).most_common(1)[0][0]}/4"
        return float(METRES.index(name)) if name in METRES else UNKNOWN

    @property
    def time_signatures(self) -> tuple[tuple[int, int], ...]:
        """Numerator and denominator of each bar."""
        return tuple((bar, 4) for bar in self.bars)


def plan_beats(fit: TempoFit, duration: float) -> Plan:
    """The plan of a tempo that was found for a film of this duration."""
    points = [(anchor.beat, anchor.seconds) for anchor in fit.anchors]
    beat, seconds = points[-1]
    rest = math.ceil((duration - seconds) * fit.tempo / 60 - 1e-9)
    if rest > 0:
        points.append((beat + rest, seconds + rest * 60 / fit.tempo))
    return Plan(duration, tuple(points), fit.bars)


def to_json(plan: Plan) -> str:
    """The plan as a user's JSON."""
    content = {
        "duration": plan.duration,
        "points": [{"beat": beat, "seconds": seconds} for beat, seconds in plan.points],
        "bars": list(plan.bars),
    }
    return json.dumps(content, indent=2) + "\n"


def read_plan(path: str | Path) -> Plan:
    """Read a plan. Raises EmsyncError naming the file and the field that is wrong."""
    return from_json(read_text(path), str(path))


def from_json(text: str, name: str = "plan") -> Plan:
    """Read what ``to_json`` wrote, edited or not; ``name`` is what errors call it.

    Raises EmsyncError naming the field that is wrong.
    """
    try:
        content = Fields(name, json.loads(text))
    except (ValueError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not JSON ({error}); mend it or plan again") from error
    for field in content:
        if field not in ("duration", "points", "bars"):
            raise content.error(field, "is no field of a plan; choose from duration, points, bars")
    points = [
        (point.get("beat", whole(0, MOST_BEATS)), point.get("seconds", number()))
        for point in content.objects("points")
    ]
    bars = content.get("bars", items)
    try:
        return Plan(
            content.get("duration", number()),
            tuple(points),
            tuple(_bar(f"bars[{place}]", bar) for place, bar in enumerate(bars)),
        )
    except EmsyncError as error:
        text = str(error)
        raise EmsyncError(text if text.startswith(name) else f"{name}: {text}") from error
