"""How the bars of a gap lead to the next kept bar, or to the last chord."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.music.chord_symbols import Chord, chord_name, parse_chord
from engine.music.conditions import parse_key
from engine.plan.chord_plan import cadence_to, ended, leads
from engine.plan.harmony import Bar, symbols
from engine.plan.plan import Plan
from engine.recut.bar_plan import BarPlan


def lead_to(
    goal: BarPlan,
    chords: str,
    before: Sequence[BarPlan],
    bars: Sequence[BarPlan],
    beats: int,
    rng: np.random.Generator,
) -> list[BarPlan]:
    """The bars of a gap, the last of which leads to the kept bar ``goal`` behind it.

    chords: what led to the goal in the old plan. They stay where they lead there in its key, else
    a cadence is drawn. before: all bars up to the gap. beats: of the gap's last bar.
    """
    last, near = bars[-1], [*before, *bars][-2:-1]
    if not goal.chords or not last.chords:
        return list(bars)
    key = int(parse_key(goal.phrase.key))
    leading = chords.split()
    aim = _names(goal.chords.split())
    if not leading or not leads(_names(leading), aim, key):
        around = [*(_names(bar.chords.split())[-1] for bar in near if bar.chords), aim[0]]
        leading = list(symbols(cadence_to(rng, key, around, beats), key))
    # A shorter bar has the chords nearest to the goal.
    return [*bars[:-1], replace(last, chords=" ".join(leading[-beats:]))]


def end_with_tonic(
    plan: Plan, before: Sequence[BarPlan], bars: Sequence[BarPlan], rng: np.random.Generator
) -> list[BarPlan]:
    """The bars of the last gap: a bar that leads to the last chord, and the tonic.

    plan: its beats, bars and last chord. before: all bars up to the gap.
    """
    last_chord = plan.last_chord
    every = [*before, *bars]
    if last_chord is None or not bars[-1].chords:
        return list(bars)
    key = int(parse_key(bars[-1].phrase.key))
    tonic = chord_name(Chord(key % 12, "m" if key >= 12 else ""), key)
    of_bars = [tuple(bar.chords.split()) for bar in every]
    bar = plan.bar_at(last_chord) - 1
    in_middle = plan.bar_line(bar + 1) != last_chord
    led = bar if in_middle else bar - 1
    if led >= len(before):
        near = [*_names(of_bars[led - 1])[-1:], *_names((tonic,))] if led else []
        beats = 1 if in_middle else plan.bar_line(led + 2) - plan.bar_line(led + 1)
        of_bars[led] = symbols(cadence_to(rng, key, near, beats), key)
    of_bars = ended(plan, of_bars[: len(plan.bar_lines())], tonic)
    shown = zip(every, of_bars, strict=False)
    return [replace(bar, chords=" ".join(chords)) for bar, chords in shown][len(before) :]


def _names(symbols_of_bar: Sequence[str]) -> Bar:
    """Chord symbols as roots from C and suffixes."""
    chords = map(parse_chord, symbols_of_bar)
    return tuple(f"{chord.root}:{chord.quality}".rstrip(":") for chord in chords)
