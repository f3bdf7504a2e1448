"""The tempo map of a score, derived from its BARs, as a DAW needs it.

A score is in seconds and marks only its downbeats. :func:`tempo_map` counts the bars between them
(:mod:`engine.music.metre`). It fits a piecewise constant tempo (:mod:`engine.music.segments`) and
rounds it to what MIDI stores: whole ticks, and whole microseconds a quarter note. Every run
starts from the rounded end of the one before, so that rounding never accumulates.

A beat is a quarter note throughout, as in MIDI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.music.metre import COMMON_TIME, Step, count_bars
from engine.music.segments import NO_CHANGE, fit
from engine.music.tick_clock import TickClock
from engine.score import Score

PPQ = 960
"""Ticks a quarter note."""


_DEFAULT_TEMPO = 500_000
_SLOWEST_TEMPO = 2**24 - 1
_SHORTEST_BAR = 0.2


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
    """The tempos, time signatures and bar lines of a score, as a DAW counts them.

    Beats are quarter notes of :data:`PPQ` ticks. tempos, metres: the first at tick 0, rising. bars:
    every bar line before the score's end, in beats. The conversions take numbers or arrays of any
    shape and are each other's inverse.
    """

    tempos: tuple[Tempo, ...]
    metres: tuple[Metre, ...]
    bars: tuple[float, ...]

    def beat_at(self, seconds: npt.ArrayLike) -> Floats:
        """Beats at these times."""
        return self._clock().ticks(seconds)

    def seconds_at(self, beat: npt.ArrayLike) -> Floats:
        """Times of these beats in seconds."""
        return self._clock().seconds(beat)

    def tick_at(self, seconds: npt.ArrayLike) -> Ints:
        """The ticks nearest to these times."""
        return np.rint(self.beat_at(seconds) * PPQ).astype(np.int64)

    def _clock(self) -> TickClock:
        """The clock of the beats. Its times are sums of whole microseconds, so they are exact."""
        ticks = np.array([tempo.tick for tempo in self.tempos], np.int64)
        tempos = np.array([tempo.microseconds for tempo in self.tempos], np.int64)
        elapsed = np.append(0, np.cumsum(np.diff(ticks) * tempos[:-1]))
        return TickClock(ticks / PPQ, tempos / 1e6, elapsed / (PPQ * 1e6))


def tempo_map(score: Score) -> TempoMap:
    """The tempo map of a score: as planned, or counted from its bars."""
    if score.beat_map is not None:
        beats, seconds = (np.array(c) for c in (score.beat_map.beats, score.beat_map.seconds))
        *bars, last = score.beat_map.bars
        return _lay_out(_round(beats, seconds), chain(bars, repeat(last)), score.duration)
    return derive(score.bars, score.duration, [note.onset for note in score.notes])


def derive(bars: Sequence[float], duration: float, onsets: Sequence[float] = ()) -> TempoMap:
    """The tempo map of downbeats ``bars`` in a piece of ``duration`` seconds.

    onsets: those of the notes, in any order; without them beats are counted by length alone.

    Without BARs the map is 120 bpm in 4/4. Music before the first BAR is an upbeat of whole
    sixteenths. A first BAR within half a sixteenth of zero counts as zero. The tempo changes by
    less than 2% only where drift would otherwise reach 16 ms (see :mod:`engine.music.segments`).
    """
    times = _apart(sorted(bar for bar in bars if 0 <= bar < duration))
    steps = count_bars(times, np.unique(onsets))
    beats = np.cumsum([0.0, *(step.count * step.signature.beats for step in steps)])
    times = times[[0, *(step.end for step in steps)]]
    beat = (times[1] - times[0]) / beats[1] if steps else _DEFAULT_TEMPO / 1e6

    upbeat = _upbeat_length(times[0] / beat)
    if upbeat:
        beats, times = np.append(0.0, beats + upbeat / 4), np.append(0.0, times)
    else:
        times[0] = 0.0
    tempos = _round(*fit(beats, times)) if len(beats) > 1 else (Tempo(0, _DEFAULT_TEMPO),)
    return _lay_out(tempos, _bars(upbeat, steps), duration)


def _apart(bars: Sequence[float]) -> Floats:
    """The BARs at least a shortest bar after the one before; zero if there are none."""
    kept: list[float] = []
    for bar in bars:
        if not kept or bar - kept[-1] >= _SHORTEST_BAR:
            kept.append(bar)
    return np.array(kept or [0.0])


def _upbeat_length(beats: float) -> int:
    """The length nearest to ``beats``, in sixteenths; whole quarters or eighths if near enough."""
    for unit in (4, 2):
        length = unit * int(beats * 4 / unit + 0.5)
        if abs(length / 4 - beats) < NO_CHANGE * beats:
            return length
    return int(beats * 4 + 0.5)


def _bars(upbeat: int, steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Numerator and denominator of each bar, without end.

    upbeat: in sixteenths; it becomes one incomplete bar, then whole bars. After the last step its
    time signature continues.
    """
    counted = [step.signature for step in steps for _ in range(step.count)] or [COMMON_TIME]
    whole, left = divmod(upbeat, round(4 * counted[0].beats))
    if left:
        unit = next(unit for unit in (4, 2, 1) if left % unit == 0)
        yield left // unit, 16 // unit
    signatures = chain(repeat(counted[0], whole), counted, repeat(counted[-1]))
    yield from ((signature.numerator, signature.denominator) for signature in signatures)


def _lay_out(
    tempos: tuple[Tempo, ...], bars: Iterable[tuple[int, int]], duration: float
) -> TempoMap:
    """The map of these tempos and bars, up to ``duration`` seconds."""
    end = float(TempoMap(tempos, (), ()).beat_at(duration))
    tempos = tuple(tempo for tempo in tempos if tempo.tick < max(end * PPQ, 1))
    lines = [0.0]
    metres: list[Metre] = []
    for numerator, denominator in bars:
        metre = Metre(round(lines[-1] * PPQ), numerator, denominator)
        if not metres or (metres[-1].numerator, metres[-1].denominator) != (numerator, denominator):
            metres.append(metre)
        line = lines[-1] + numerator * 4 / denominator
        # Within a tick: the end is rounded to ticks, and a bar line on it begins no bar.
        if line >= end - 1 / PPQ:
            break
        lines.append(line)
    return TempoMap(tempos, tuple(metres), tuple(lines))


def _round(beats: Floats, seconds: Floats) -> tuple[Tempo, ...]:
    """The runs between these knots, rounded as MIDI stores them."""
    tempos: list[Tempo] = []
    elapsed = 0
    ticks = np.rint(beats * PPQ).astype(np.int64).tolist()
    for tick, following, until in zip(ticks, ticks[1:], seconds[1:].tolist(), strict=False):
        exact = (until * 1e6 * PPQ - elapsed) / (following - tick)
        microseconds = min(max(round(exact), 1), _SLOWEST_TEMPO)
        elapsed += (following - tick) * microseconds
        if not tempos or tempos[-1].microseconds != microseconds:
            tempos.append(Tempo(tick, microseconds))
    return tuple(tempos)
