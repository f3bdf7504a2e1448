"""Metre and tempo of a score, derived from its BARs, as a DAW needs them.

A score lives in seconds and marks only its downbeats. :func:`tempo_map` counts the beats between
them and fits a piecewise-constant tempo, in three steps:

1. *Count*: the likeliest number of bars, and their metre, from each BAR to the next. Steady tempo
   and metre are likely, and so are onsets on beats and their subdivisions; a BAR may be missing or
   one too many. The best path is found as in hidden Markov models (Viterbi).
2. *Fit*: straight runs of beats against seconds by segmented least squares (Bellman 1961).
3. *Round* to what MIDI stores: whole ticks and whole microseconds a quarter note. Every later run
   starts from the rounded time of the one before, so that nothing adds up.

A beat is a quarter note throughout, as in MIDI; only counting looks at dotted pulses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.score import Score

PPQ = 960
"""Ticks a quarter note."""
NO_CHANGE = 0.02
"""Tempi and bars closer than this are the same, as long as bar lines stay on their BARs."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DEFAULT_TEMPO = 500_000
_SLOWEST_TEMPO = 2**24 - 1
_LONGEST_BAR = 8.0
_USUAL_BAR = 2.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """From ``tick`` on, a quarter note lasts ``microseconds``."""

    tick: int
    microseconds: int


@dataclass(frozen=True, slots=True)
class Metre:
    """From ``tick`` on, a bar has ``numerator`` notes of 1/``denominator``."""

    tick: int
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class TempoMap:
    """How a DAW counts a score: beats are quarter notes, ticks are :data:`PPQ` to the beat.

    tempos, metres: the first at tick 0, rising. bars: every bar line before the score's end, in
    beats. The conversions take numbers or arrays of any shape and are each other's inverse.
    """

    tempos: tuple[Tempo, ...]
    metres: tuple[Metre, ...]
    bars: tuple[float, ...]

    def beat_at(self, seconds: npt.ArrayLike) -> Floats:
        """Beats at these times."""
        starts, beats, rates = self._segments()
        seconds = np.asarray(seconds, np.float64)
        segment = np.maximum(np.searchsorted(starts, seconds, "right") - 1, 0)
        return np.asarray(beats[segment] + (seconds - starts[segment]) / rates[segment])

    def seconds_at(self, beat: npt.ArrayLike) -> Floats:
        """Times of these beats in seconds."""
        starts, beats, rates = self._segments()
        beat = np.asarray(beat, np.float64)
        segment = np.maximum(np.searchsorted(beats, beat, "right") - 1, 0)
        return np.asarray(starts[segment] + (beat - beats[segment]) * rates[segment])

    def tick_at(self, seconds: npt.ArrayLike) -> Ints:
        """The ticks nearest to these times."""
        return np.rint(self.beat_at(seconds) * PPQ).astype(np.int64)

    def _segments(self) -> tuple[Floats, Floats, Floats]:
        """Each tempo's start in seconds and in beats, and seconds a beat."""
        ticks = np.array([tempo.tick for tempo in self.tempos], np.int64)
        tempos = np.array([tempo.microseconds for tempo in self.tempos], np.int64)
        elapsed = np.append(0, np.cumsum(np.diff(ticks) * tempos[:-1]))
        return elapsed / (PPQ * 1e6), ticks / PPQ, tempos / 1e6


def tempo_map(score: Score) -> TempoMap:
    """The tempo map of a score, counted from its bars and onsets."""
    return derive(score.bars, score.duration, [note.onset for note in score.notes])


def derive(bars: Sequence[float], duration: float, onsets: Sequence[float] = ()) -> TempoMap:
    """The tempo map of downbeats ``bars`` in a piece of ``duration`` seconds.

    onsets: those of the notes, in any order; without them beats are counted by length alone.

    Without BARs it is 120 bpm in 4/4. Music before the first BAR is an upbeat of whole sixteenths;
    a first BAR within half a sixteenth of zero counts as zero. A change of tempo below
    :data:`NO_CHANGE` is made only where a bar line would else stray from its BAR by
    :data:`NO_CHANGE` of a bar.
    """
    times = np.unique([bar for bar in bars if 0 <= bar < duration])
    if not len(times):
        times = np.zeros(1)
    kept, counts, metres = _count(times, np.unique(onsets))
    beats = np.append(0.0, np.cumsum(counts * _BEATS[metres]))
    times = times[kept]

    beat = (times[1] - times[0]) / beats[1] if len(times) > 1 else _DEFAULT_TEMPO / 1e6
    sixteenths = _upbeat_length(times[0] / beat)
    beats += sixteenths / 4
    if sixteenths:
        points = np.append(0.0, beats), np.append(0.0, times)
    else:
        points = beats, np.append(0.0, times[1:])
    tempos = _round(*_fit(*points)) if len(times) > 1 or sixteenths else ()
    tempos = tempos or (Tempo(0, _DEFAULT_TEMPO),)

    first, last = (_METRES[metres[n]] if len(metres) else _METRES[0] for n in (0, -1))
    lengths = [_METRES[metre].length for metre in np.repeat(metres, counts)]
    return _lay_out(tempos, [*_upbeat(sixteenths, first), *lengths, last.length], duration)


def _lay_out(
    tempos: tuple[Tempo, ...], lengths: list[tuple[int, int]], duration: float
) -> TempoMap:
    """The map of these bars up to the end; the last one is repeated where they fall short."""
    end = TempoMap(tempos, (), ()).beat_at(duration)
    tempos = tuple(tempo for tempo in tempos if tempo.tick < max(end * PPQ, 1))
    bars: list[float] = []
    metres: list[Metre] = []
    beat, i = 0.0, 0
    while beat < end or not bars:
        numerator, denominator = lengths[min(i, len(lengths) - 1)]
        if not metres or (metres[-1].numerator, metres[-1].denominator) != (numerator, denominator):
            metres.append(Metre(round(beat * PPQ), numerator, denominator))
        bars.append(beat)
        beat += numerator * 4 / denominator
        i += 1
    return TempoMap(tempos, tuple(metres), tuple(bars))


def _upbeat_length(beats: float) -> int:
    """Sixteenths nearest to ``beats``, as quarters or eighths if these come near enough."""
    for unit in (4, 2):
        length = unit * int(beats * 4 / unit + 0.5)
        if abs(length / 4 - beats) < NO_CHANGE * beats:
            return length
    return int(beats * 4 + 0.5)


def _upbeat(sixteenths: int, metre: _Kind) -> list[tuple[int, int]]:
    """Bars that fill the time before the first BAR: what is left over, then whole ones."""
    whole, left = divmod(sixteenths, 16 * metre.numerator // metre.denominator)
    bars = [metre.length] * whole
    if not left:
        return bars
    unit = next(unit for unit in (4, 2, 1) if left % unit == 0)
    return [(left // unit, 16 // unit), *bars]


# Counting.


@dataclass(frozen=True, slots=True)
class _Kind:
    """A metre one may count in; ``share`` of music written in it, roughly."""

    numerator: int
    denominator: int
    pulses: int
    share: float

    @property
    def length(self) -> tuple[int, int]:
        return self.numerator, self.denominator


_METRES = (
    _Kind(4, 4, 4, 0.83),
    _Kind(3, 4, 3, 0.06),
    _Kind(2, 4, 2, 0.05),
    _Kind(6, 8, 2, 0.03),
    _Kind(12, 8, 4, 0.01),
    _Kind(6, 4, 6, 0.005),
    _Kind(5, 4, 5, 0.005),
    _Kind(7, 4, 7, 0.002),
    _Kind(1, 4, 1, 0.002),
)
_BEATS = np.array([kind.numerator * 4 / kind.denominator for kind in _METRES])
_PULSES = np.array([kind.pulses for kind in _METRES], np.float64)
_DOTTED = _BEATS != _PULSES
_RARITY = -np.log([kind.share for kind in _METRES])

# How unlikely things are, in nats; chosen by hand, and the priors by trial on training songs.
_TEMPO_CHANGE = 30.0  # for each e-fold
_METRE_CHANGE = 6.0
_MISSING = 2.0  # for each doubling of the bars that one BAR stands for, up to _COUNTS
_EXTRA = 4.0  # for each BAR that is none
_ONSETS = 0.25  # for each nat of an onset's misfit: onsets follow from one another
_PRIOR = 0.2  # for each nat that metre and pulse rate are rare: bars repeat one another

_AT_MOST_EXTRA = 2
_COUNTS = 4

_PULSE_RATE = 118 / 60  # a second: the median of Lakh songs with three families or more
_PULSE_SPREAD = 0.5  # in e-folds
_ONSET_SPREAD = 0.015  # seconds
_STRAY = 0.4  # the share of onsets that keep to no subdivision
_SUBDIVISIONS = {1: (0.2, 0.25), 2: (0.2, 0.05), 3: (0.2, 0.5), 4: (0.35, 0.0), 6: (0.05, 0.2)}
"""How many of a plain and of a dotted pulse's onsets keep to a grid of so many a pulse."""


def _count(bars: Floats, onsets: Floats) -> tuple[Ints, Ints, Ints]:
    """Which BARs are bar lines, and how many bars of which metre lie between those.

    Returns indices into ``bars`` [n + 1], counts [n] and indices into ``_METRES`` [n].
    """
    if len(bars) < 2:
        return np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    lengths = np.diff(bars)
    usual = _median(lengths[lengths < _LONGEST_BAR])

    reach, kinds = _AT_MOST_EXTRA + 1, np.repeat(np.arange(len(_METRES)), _COUNTS + 1)
    change = np.where(kinds[:, None] == kinds, 0.0, _METRE_CHANGE)
    change = np.tile(change, (reach, 1))
    shape = (len(bars), reach, len(kinds))
    cost = np.full(shape, np.inf)
    tempo = np.zeros(shape)
    came_from = np.full(shape, -1)
    counted = np.zeros(shape, np.int64)
    for j in range(1, len(bars)):
        for extra in range(min(reach, j)):
            i = j - 1 - extra
            length = bars[j] - bars[i]
            counts = np.append(np.arange(1, _COUNTS + 1), max(1, round(length / usual)))
            counts = np.tile(counts, len(_METRES))
            pulses = counts * _PULSES[kinds]
            here = onsets[np.searchsorted(onsets, bars[i]) : np.searchsorted(onsets, bars[j])]
            off = np.log(pulses / length / _PULSE_RATE) / _PULSE_SPREAD
            unlikely = (
                _PRIOR * (_RARITY[kinds] + off**2 / 2)
                + _EXTRA * extra
                + _MISSING * np.log2(np.minimum(counts, _COUNTS))
                + _ONSETS * _misfit((here - bars[i]) / length, length, pulses, _DOTTED[kinds])
            )
            rate = np.log(counts * _BEATS[kinds] / length)
            if i > 0:
                leap = np.abs(tempo[i].reshape(-1, 1) - rate)
                paths = cost[i].reshape(-1, 1) + _TEMPO_CHANGE * leap + change
                came_from[j, extra] = paths.argmin(axis=0)
                unlikely += paths.min(axis=0)
            cost[j, extra], tempo[j, extra], counted[j, extra] = unlikely, rate, counts

    kept, steps = [len(bars) - 1], []
    state = int(cost[-1].argmin())
    while state >= 0:
        j, (extra, kind) = kept[-1], divmod(state, len(kinds))
        kept.append(j - 1 - extra)
        steps.append((counted[j, extra, kind], kinds[kind]))
        state = int(came_from[j, extra, kind])
    best_counts, metres = np.array(steps[::-1], np.int64).T
    return np.array(kept[::-1], np.int64), best_counts, metres


def _median(lengths: Floats) -> float:
    return float(np.median(lengths)) if len(lengths) else _USUAL_BAR


def _misfit(phases: Floats, length: float, pulses: Floats, dotted: npt.NDArray[np.bool_]) -> Floats:
    """How badly onsets keep to the pulses and their subdivisions, in nats, all together.

    phases: [n], 0..1 of ``length`` seconds; pulses, dotted: [k] ways to divide it. Returns [k],
    minus the log likelihood of the onsets against that of onsets anywhere.
    """
    pulse = (length / pulses)[:, None]
    position = phases * pulses[:, None]
    density = np.full(position.shape, _STRAY)
    for parts, (plain, compound) in _SUBDIVISIONS.items():
        share = np.where(dotted, compound, plain)[:, None] * (1 - _STRAY)
        off = (position * parts - np.rint(position * parts)) / parts * pulse / _ONSET_SPREAD
        peak = np.exp(-(off**2) / 2) / (_ONSET_SPREAD * np.sqrt(2 * np.pi))
        density += share / parts * pulse * peak
    return np.asarray(-np.log(density).sum(axis=1))


# Fitting.

_ASTRAY = 0.03
"""A further run has to explain as much as one BAR this many seconds astray."""


def _fit(beats: Floats, seconds: Floats) -> tuple[Floats, Floats]:
    """The knots, in beats and seconds, of a line of few straight runs near the points [n].

    The first point is a knot as it stands, because a file starts at zero.
    """
    knots = _without_small_changes(beats, seconds, _runs(beats, seconds))
    return beats[knots], _knot_times(beats, seconds, knots)


def _knot_times(beats: Floats, seconds: Floats, knots: list[int]) -> Floats:
    """Where the runs between these points meet: the mean of what either has there."""
    times = np.zeros(len(knots))
    for n, (i, j) in enumerate(pairwise(knots)):
        line = np.polyfit(beats[i : j + 1], seconds[i : j + 1], 1)
        times[n : n + 2] += np.polyval(line, beats[[i, j]]) / 2
    times[0] = seconds[0]
    times[-1] *= 2
    return times


def _runs(beats: Floats, seconds: Floats) -> list[int]:
    """The points where runs start or end. Segmented least squares; neighbours share a point."""
    flat = seconds - np.polyval(np.polyfit(beats, seconds, 1), beats)
    sums = np.cumsum([np.ones_like(beats), beats, flat, beats**2, beats * flat, flat**2], axis=1)
    sums = np.concatenate([np.zeros((6, 1)), sums], axis=1)
    best = np.zeros(len(beats))
    start = np.zeros(len(beats), np.int64)
    for j in range(1, len(beats)):
        n, x, y, xx, xy, yy = sums[:, j + 1 : j + 2] - sums[:, :j]
        error = yy - y * y / n - (xy - x * y / n) ** 2 / (xx - x * x / n)
        total = best[:j] + np.maximum(error, 0.0) + _ASTRAY**2
        start[j] = total.argmin()
        best[j] = total[start[j]]
    knots = [len(beats) - 1]
    while knots[-1] > 0:
        knots.append(int(start[knots[-1]]))
    return knots[::-1]


def _without_small_changes(beats: Floats, seconds: Floats, knots: list[int]) -> list[int]:
    """Take out knots, the slightest change first, as far as bar lines stay near their BARs."""
    room = max(NO_CHANGE * float(np.median(np.diff(seconds))), _ASTRAY)
    needed: set[int] = set()
    while True:
        times = _knot_times(beats, seconds, knots)
        tempo = np.diff(times) / np.diff(beats[knots])
        changes = np.abs(tempo[1:] / tempo[:-1] - 1)
        small = [
            (change, knot)
            for change, knot in zip(changes, knots[1:-1], strict=True)
            if change < NO_CHANGE and knot not in needed
        ]
        if not small:
            return knots
        _, knot = min(small)
        fewer = [other for other in knots if other != knot]
        astray = np.abs(np.interp(beats, beats[knots], times) - seconds)
        fewer_times = _knot_times(beats, seconds, fewer)
        fewer_astray = np.abs(np.interp(beats, beats[fewer], fewer_times) - seconds)
        if (fewer_astray <= np.maximum(astray, room)).all():
            knots = fewer
        else:
            needed.add(knot)


def _round(beats: Floats, seconds: Floats) -> tuple[Tempo, ...]:
    """The runs between these knots as MIDI stores them."""
    tempos: list[Tempo] = []
    elapsed = 0
    ticks = np.rint(beats * PPQ).astype(np.int64).tolist()
    for tick, following, until in zip(ticks, ticks[1:], seconds[1:].tolist(), strict=False):
        exact = (until * 1e6 * PPQ - elapsed) / (following - tick)
        microseconds = min(max(round(exact), 1), _SLOWEST_TEMPO)
        elapsed += (following - tick) * microseconds
        tempos.append(Tempo(tick, microseconds))
    return tuple(tempos)
