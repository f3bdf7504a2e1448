"""Find the tempo whose beats meet the most boundaries.

Film composers do this before anything else, and sequencers help them. Find Tempo in Digital
Performer and in Dorico ranks tempi by the hits that fall on a beat. Here a tempo may also bend a
little from one boundary to the next. And one shorter or longer bar may come just before a boundary,
so that the boundary begins a bar.

All times are seconds from the score's zero. The first beat falls on zero and begins a bar.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from engine.errors import EmsyncError
from engine.music.conditions import FASTEST, SLOWEST, known

MOST_BEND = 0.04
"""The most that a beat may be longer or shorter than the tempo's own, as a share of it. Listeners
notice tempo changes from about this size on (Levitin and Cook 1996: tempo memory within 4%)."""
HALF_FRAME = 1 / 48
"""How far a boundary may lie from a beat of a tempo that must not bend, in seconds."""
SKIPPED = 3
"""From how many earlier boundaries a boundary may be reached, those that no beat reaches left out.
More of them would make long films slow."""

MISSED = 4.0
"""The cost of a boundary that is missed."""
OFF_DOWNBEAT = 0.8
"""The cost of a boundary that is a beat but no downbeat."""
UNUSUAL_BAR = 0.35
"""The cost of a bar of another length."""
FULL_BEND = 0.3
"""The cost of a stretch that bends as far as it may. It grows with the square of the bend."""
EDGE_TEMPO = 1.0
"""The cost of a tempo at the edge of the usual range. It grows with the square of the distance."""
NO_BAR_AT_END = 0.4
"""The cost of a film that does not end at a bar line."""

USUAL = (
    (-0.75, 62.0, 84.0, 120.0),
    (-0.45, 68.0, 94.0, 130.0),
    (-0.15, 72.0, 100.0, 132.0),
    (0.15, 80.0, 113.0, 140.0),
    (0.45, 90.0, 120.0, 148.0),
    (0.78, 103.0, 123.0, 157.0),
)
"""Liveliness, and the tempo that 10%, 50% and 90% of songs of about this liveliness stay below.

Liveliness is the sum of valence and arousal, scaled to -1..1. In songs, tempo depends on both
about equally (r = .40 and .33, together .44). Counted in 1,679 songs of the corpus that have both
labels and one tempo; labels reserved for the judge are left out."""
BY_VALENCE, BY_AROUSAL = 1.15, 0.85
"""How much each counts in the sum for a film. In songs tempo tells more of valence (bars a second:
r = .30 at equal arousal) than of arousal (.19 at equal valence; 2,302 labelled training songs).
Loudness and density tell of arousal already."""
SPREAD = 1.4
"""What the sum is divided by. In songs it deviates by 1.7 where each label deviates by 1. The
emotions of films and of requests lie closer to the middle."""
MIDDLE = 110.0
CONTRAST = 0.6
"""Tempi lie further from :data:`MIDDLE` than the medians of songs do, by this power. Labels of
songs tell little of a tempo (r = .44), which draws the medians towards the middle."""
USUAL_AROUSAL = 0.2
"""The arousal that stands for an unknown one. An unknown valence is 0."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time that falls on a beat: ``beat`` beats after the first. downbeat: it begins a bar."""

    seconds: float
    beat: int
    downbeat: bool


@dataclass(frozen=True, slots=True)
class TempoFit:
    """How well a tempo meets the boundaries.

    tempo: beats a minute, midway between the longest and the shortest beat. After the last anchor
    it holds as it is. beats_per_bar: of a usual bar.
    anchors: the start, then the boundaries that are met, and the end if it is a downbeat.
    bars: the beats of every bar, up to the end or the bar that it falls into.
    missed: the boundaries that fall on no beat.
    bend: how much longer or shorter a beat is at most, as a share.
    """

    tempo: float
    beats_per_bar: int
    anchors: tuple[Anchor, ...]
    bars: tuple[int, ...]
    missed: tuple[float, ...]
    bend: float
    cost: float


def usual_tempo(valence: float, arousal: float) -> tuple[float, float, float]:
    """The range of tempo of an emotion (-1..1, NaN unknown): its ends, and the middle one."""
    levels, *columns = (np.array(column) for column in zip(*USUAL, strict=True))
    excited = known(arousal, USUAL_AROUSAL)
    level = (BY_VALENCE * known(valence) + BY_AROUSAL * excited) / SPREAD
    low, middle, high = (float(np.interp(level, levels, column)) for column in columns)
    further = (middle / MIDDLE) ** CONTRAST
    return low * further, middle * further, high * further


def rank_tempi(
    boundaries: Sequence[float],
    duration: float,
    emotion: tuple[float, float] = (math.nan, math.nan),
    beats_per_bar: int = 4,
    weights: Sequence[float] | None = None,
    quarters: float = 1.0,
) -> list[TempoFit]:
    """The tempi that suit an emotion, valence and arousal, the best first.

    boundaries: rising. weights: how much each boundary counts; 1 by default. quarters: quarter
    notes in a beat.
    Raises EmsyncError for boundaries outside the film.
    """
    low, middle, high = (tempo / quarters for tempo in usual_tempo(*emotion))
    count = math.ceil(math.log(high / low) / 0.01)
    tempi = np.geomspace(low, high, count + 1).tolist()
    spread = math.log2(high / low) / 2
    fits = [fit_tempo(tempo, boundaries, duration, beats_per_bar, weights) for tempo in tempi]

    def total(fit: TempoFit) -> float:
        return fit.cost + EDGE_TEMPO * (math.log2(fit.tempo / middle) / spread) ** 2

    return sorted(fits, key=total)


def fit_tempo(
    tempo: float,
    boundaries: Sequence[float],
    duration: float,
    beats_per_bar: int = 4,
    weights: Sequence[float] | None = None,
    most_bend: float = MOST_BEND,
) -> TempoFit:
    """The best way for one tempo to meet the boundaries (dynamic programming, Bellman 1957).

    most_bend: 0 keeps the tempo to the letter. Arguments else as for :func:`rank_tempi`.
    Raises EmsyncError for a tempo out of range, and for boundaries outside the film.
    """
    if not SLOWEST * 2 / 3 <= tempo <= FASTEST:
        raise EmsyncError(f"tempo {tempo:g}: give {SLOWEST:g} to {FASTEST:g}")
    if any(not 0 <= seconds <= duration for seconds in boundaries):
        raise EmsyncError(f"boundaries: give times from 0 to {duration:g} s")
    given = dict(zip(boundaries, weights or [1.0] * len(boundaries), strict=True))
    hits = {seconds: seconds for seconds in boundaries if 0 < seconds < duration}
    if not most_bend:
        hits = {_on_beat(seconds, 60 / tempo): seconds for seconds in hits}
    worth = [given[seconds] for seconds in hits.values()]
    search = _Search(60 / tempo, [0.0, *hits, duration], worth, beats_per_bar, most_bend)
    fit = search.run(tempo)
    met = {hits.get(anchor.seconds, anchor.seconds) for anchor in fit.anchors}
    return replace(fit, missed=tuple(seconds for seconds in boundaries if seconds not in met))


def _on_beat(seconds: float, beat: float) -> float:
    """The time of the nearest beat if it is less than half a frame away, else the time itself."""
    nearest = round(seconds / beat) * beat
    return nearest if abs(nearest - seconds) < HALF_FRAME else seconds


class _Step(NamedTuple):
    """The cheapest way to a node in a phase: its cost, where it came from, and its beats."""

    cost: float
    node: int
    phase: int
    beats: int


class _Search:
    """Nodes are the start, the boundaries and the end; a phase is a beat of the bar."""

    def __init__(
        self,
        beat: float,
        times: Sequence[float],
        worth: Sequence[float],
        beats_per_bar: int,
        most_bend: float,
    ) -> None:
        self._beat, self._times, self._worth = beat, times, worth
        self._bar, self._most_bend = beats_per_bar, most_bend

    def run(self, tempo: float) -> TempoFit:
        best: list[dict[int, _Step]] = [{0: _Step(0.0, -1, 0, 0)}]
        last = len(self._times) - 1
        reachable = [0]
        for there in range(1, last + 1):
            found: dict[int, _Step] = {}
            for here in reversed(reachable[-1 - SKIPPED :]):
                skipped = MISSED * sum(self._worth[here : there - 1])
                counts = self._counts(here, there)
                if (not counts and there < last) or (
                    len(found) == self._bar
                    and _least(best[here]) + skipped >= max(step.cost for step in found.values())
                ):
                    # No way from here is cheaper than those that are known.
                    continue
                for phase, step in best[here].items():
                    so_far = step.cost + skipped
                    for beats, to_phase, cost in self._ways(counts, there, phase):
                        total = so_far + cost
                        if to_phase not in found or total < found[to_phase].cost:
                            found[to_phase] = _Step(total, here, phase, beats)
            best.append(found)
            if found:
                reachable.append(there)
        return self._trace(tempo, best)

    def _counts(self, here: int, there: int) -> list[tuple[int, float]]:
        """Numbers of beats from a node to a later one, and the cost of their bend."""
        middle = (self._times[there] - self._times[here]) / self._beat
        bend = max(self._most_bend, 1e-6)
        first, final = math.ceil(middle / (1 + bend)), math.floor(middle / (1 - bend))
        nearest = sorted(range(max(first, 1), final + 1), key=lambda k: abs(k - middle))
        return [
            (beats, FULL_BEND * ((middle / beats - 1) / bend) ** 2)
            for beats in nearest[: 2 * self._bar]
        ]

    def _ways(
        self, counts: Sequence[tuple[int, float]], there: int, phase: int
    ) -> Iterator[tuple[int, int, float]]:
        """Numbers of beats to a node from a phase, the phase they lead to, and their cost."""
        is_end = there == len(self._times) - 1
        worth = NO_BAR_AT_END if is_end else OFF_DOWNBEAT * self._worth[there - 1]
        for beats, cost in counts:
            left = (phase + beats) % self._bar
            if left == 0:
                yield beats, 0, cost
                continue
            yield beats, left, cost + worth
            if _unusual_bar(phase, beats, self._bar) is not None:
                yield beats, 0, cost + UNUSUAL_BAR
        if is_end:
            # The tempo goes on as it is, and the film ends where it ends.
            yield 0, 0, NO_BAR_AT_END

    def _trace(self, tempo: float, best: Sequence[dict[int, _Step]]) -> TempoFit:
        # Boundaries beyond reach of every node count as missed: the last reachable node ends it.
        node = max(number for number, found in enumerate(best) if found)
        phase = min(best[node], key=lambda phase: best[node][phase].cost)
        cost = best[node][phase].cost + MISSED * sum(self._worth[node:])
        path: list[tuple[int, int, int]] = []
        while node > 0:
            step = best[node][phase]
            path.append((node, phase, step.beats))
            node, phase = step.node, step.phase
        anchors, bars, beat, phase = [Anchor(0.0, 0, True)], [], 0, 0
        lengths: list[float] = []
        for node, to_phase, beats in reversed(path):
            if beats == 0:
                continue
            beat += beats
            bars += _bars(phase, beats, to_phase, self._bar)
            lengths.append((self._times[node] - anchors[-1].seconds) / beats)
            anchors.append(Anchor(self._times[node], beat, to_phase == 0))
            phase = to_phase
        # A tempo that must not bend stays as it was given, to the letter.
        bends = bool(lengths) and self._most_bend > 0
        middle = (min(lengths) + max(lengths)) / 2 if bends else self._beat
        rest = (self._times[-1] - anchors[-1].seconds) / middle
        bars += _bars(phase, max(0, math.ceil(rest - 1e-9)), None, self._bar)
        return TempoFit(
            60 / middle if bends else tempo,
            self._bar,
            tuple(anchors),
            tuple(bars),
            (),
            max((abs(length / middle - 1) for length in lengths), default=0.0),
            cost,
        )


def _least(steps: Mapping[int, _Step]) -> float:
    return min(step.cost for step in steps.values())


def _unusual_bar(phase: int, beats: int, bar: int) -> int | None:
    """The length of the one unusual bar that makes the end of a stretch a downbeat, or None.

    The stretch has ``beats`` beats and begins ``phase`` beats into a bar.
    """
    left = (phase + beats) % bar
    to_bar = (bar - phase) % bar
    for length in (left, bar + left):
        whole = beats - to_bar - length
        if 2 <= length <= bar + 2 and whole >= 0:
            return length
    return None


def _bars(phase: int, beats: int, to_phase: int | None, bar: int) -> list[int]:
    """The bars that begin within a stretch; one that is begun before it is counted there."""
    to_bar = (bar - phase) % bar
    if to_phase == 0 and (phase + beats) % bar:
        unusual = _unusual_bar(phase, beats, bar)
        assert unusual is not None
        return [bar] * ((beats - to_bar - unusual) // bar) + [unusual]
    return [bar] * max(0, math.ceil((beats - to_bar) / bar))
