"""The tempo map of a user's project: where its beats and bars lie, to plan a piece round them.

A DAW exports its tempo map as a MIDI file. A piece that is planned with it has the project's beats
and bars to the letter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from engine.checks import Fields, items, number, text, whole
from engine.errors import EmsyncError
from engine.music.midi_file import MidiFile, read_midi_file
from engine.music.tick_clock import TickClock
from engine.plan.plan import BEATS, LONGEST_BAR, Plan

MOST_BEATS = 1_000_000
_SAME_RATE = 1e-9
_Metre = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Beats and bars from the start of a film.

    points: beats from the start and their seconds, two or more, rising from (0, 0). The tempo
    between two of them is constant; the last tempo goes on. bars: beats of each bar; the last
    length goes on. beat: a key of ``plan.BEATS``.

    Raises EmsyncError naming the field that is wrong.
    """

    points: tuple[tuple[int, float], ...]
    bars: tuple[int, ...]
    beat: str = "quarter"

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise EmsyncError("points: give two or more")
        # A plan checks the rest.
        Plan(max(self.points[-1][1], 0.001), self.points, self.bars, self.beat)

    def plan(self, duration: float, feel: str = "straight") -> Plan:
        """A plan of these beats for a film of ``duration`` seconds; it has no phrases."""
        points = [point for point in self.points if point[1] < duration]
        (before, start), (last, end) = self.points[-2:]
        beyond = next((point for point in self.points if point[1] >= duration), None)
        if beyond is None:
            rate = (end - start) / (last - before)
            beat = last + math.ceil((duration - end) / rate - _SAME_RATE)
            beyond = beat, end + (beat - last) * rate
        points = points if points[-1][0] < beyond[0] else points[:-1]
        lines = TickClock(*_clock([*points, beyond])).ticks(duration)
        count = int(np.searchsorted(np.cumsum(self.bars), float(lines) - 1e-6)) + 1
        return Plan(duration, (*points, beyond), self.bars[:count], self.beat, feel)


def _clock(points: Sequence[tuple[int, float]]) -> tuple[Any, Any, Any]:
    beats, seconds = map(np.array, zip(*points, strict=True))
    return beats[:-1], np.diff(seconds) / np.diff(beats), seconds[:-1]


def to_values(tempo_map: TempoMap) -> dict[str, Any]:
    """The tempo map as a JSON object, as ``from_values`` reads it."""
    points = [{"beat": beat, "seconds": seconds} for beat, seconds in tempo_map.points]
    return {"points": points, "bars": list(tempo_map.bars), "beat": tempo_map.beat}


def from_values(name: str, values: Any) -> TempoMap:
    """The tempo map of a JSON object. Raises EmsyncError naming the field that is wrong."""
    fields = Fields(name, json.loads(json.dumps(values)))
    points = tuple(
        (point.get("beat", whole(0, MOST_BEATS)), point.get("seconds", number()))
        for point in fields.objects("points")
    )
    bar = whole(1, LONGEST_BAR)
    bars = fields.get("bars", items)
    checked = tuple(bar(f"{name}: bars[{place}]", value) for place, value in enumerate(bars))
    beat = fields.get("beat", text) if "beat" in fields else "quarter"
    try:
        return TempoMap(points, checked, beat)
    except EmsyncError as error:
        raise EmsyncError(f"{name}: {error}") from error


def read_tempo_map(path: Path) -> TempoMap:
    """The tempo map of a MIDI file, whose start is the film's.

    Raises EmsyncError for a file that can't be read, and for tempi and time signatures that can't
    be planned.
    """
    midi = read_midi_file(path)
    metres = {0: (4, 4)} | {tick: (top, bottom) for tick, top, bottom in midi.metres}
    try:
        beat = _beat(list(metres.values()))
        quarters = Fraction(BEATS[beat])
        bars = tuple(_bars(metres, midi.ticks_per_beat, quarters))
        return TempoMap(tuple(_points(midi, quarters)), bars, beat)
    except EmsyncError as error:
        raise EmsyncError(f"{path}: {error}") from error


def _beat(metres: Sequence[_Metre]) -> str:
    """The note that all time signatures count, a key of ``plan.BEATS``."""
    if all(bottom == 8 and top % 3 == 0 for top, bottom in metres):
        return "dotted quarter"
    if all(4 * top % bottom == 0 for top, bottom in metres):
        return "quarter"
    named = ", ".join(f"{top}/{bottom}" for top, bottom in dict.fromkeys(metres))
    raise EmsyncError(
        f"time signatures {named}: bars must have whole quarter notes, or all have whole dotted "
        "quarter notes; change them"
    )


def _bars(metres: dict[int, _Metre], ppq: float, quarters: Fraction) -> Iterator[int]:
    """The beats of each bar. A bar that the next time signature cuts off is shorter."""
    ticks_a_beat = float(quarters) * ppq
    starts = list(metres)
    for start, end in pairwise(starts):
        beats = _beats(metres[start], quarters)
        whole_bars, rest = divmod(round((end - start) / ticks_a_beat), beats)
        yield from chain([beats] * whole_bars, [rest] if rest else [])
    yield _beats(metres[starts[-1]], quarters)


def _beats(metre: _Metre, quarters: Fraction) -> int:
    top, bottom = metre
    return int(Fraction(4 * top, bottom) / quarters)


def _points(midi: MidiFile, quarters: Fraction) -> Iterator[tuple[int, float]]:
    """The beats at which the tempo changes. A change within a beat makes that beat another."""
    ticks_a_beat = float(quarters) * midi.ticks_per_beat
    last = math.ceil(midi.tempos[-1][0] / ticks_a_beat) + 1
    if last > MOST_BEATS:
        raise EmsyncError(f"its tempo changes after more than {MOST_BEATS} beats; shorten it")
    seconds = midi.clock.seconds(np.arange(last + 1) * ticks_a_beat)
    rates = np.diff(seconds)
    yield 0, 0.0
    for beat in range(1, last):
        if abs(rates[beat] / rates[beat - 1] - 1) > _SAME_RATE:
            yield beat, round(float(seconds[beat]), 9)
    yield last, round(float(seconds[last]), 9)
