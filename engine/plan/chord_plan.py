"""The chords of every bar of a piece.

Every form has a progression. A phrase leads to the first chord of the next one. The last chord is
the tonic.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np

from engine.music.chord_symbols import Chord, chord_name
from engine.plan.chromatic_chords import draw_share, with_chromatic_chords
from engine.plan.form import PhrasePlan
from engine.plan.harmony import (
    Bar,
    draw_cadence,
    draw_progression,
    draw_qualities,
    leads_on,
    progressions,
    symbols,
    transposed,
)
from engine.plan.plan import Plan, chord_beats


def given_chords(plan: Plan, chords: Sequence[str], key: int) -> list[Bar]:
    """The chord symbols of every bar of a progression that the user gave.

    plan: its beats, bars and last chord. chords: one text a bar, played again and again. key: index
    into ``conditions.KEYS``.
    """
    bars: list[Bar] = []
    for bar, line in enumerate(plan.bar_lines()):
        # A bar before a boundary may have fewer beats than the progression has chords.
        beats = plan.bar_line(bar + 2) - line
        bars.append(tuple(chords[bar % len(chords)].split()[:beats]))
    mode, tonic = divmod(key, 12)
    return ended(plan, bars, chord_name(Chord(tonic, "m" if mode else ""), key))


def drawn_chords(
    plan: Plan,
    drafts: Sequence[PhrasePlan],
    keys: Sequence[int],
    rng: np.random.Generator,
    given: Mapping[str, tuple[Bar, ...]] | None = None,
) -> list[Bar]:
    """The chord symbols of every bar, drawn from what songs do.

    plan: its beats, bars and last chord. keys: of each phrase, indices into ``conditions.KEYS``.
    given: progressions of forms that need none drawn; roots count from the tonic.
    """
    bars = _themes(drafts, keys, rng, given or {})
    goals = {draft.bar: key for draft, key in zip(drafts[1:], keys[1:], strict=True)}
    last = plan.bar_at(plan.last_chord or 0) - 1
    if plan.bar_line(last + 1) != plan.last_chord:
        # The last chord comes in mid-bar.
        bars[last] = cadence_to(rng, keys[-1], bars[last - 1][-1:] if last else (), 1)
    elif last > 0:
        goals[last] = keys[-1]
    bars = ended(plan, bars, tonic_chord(keys[-1]))
    starts = {0, *goals}
    for goal, key in sorted(goals.items()):
        if leads(bars[goal - 1], bars[goal], key):
            continue
        if goal - 1 in starts:
            # The phrase has one bar, which begins as it was.
            first = bars[goal - 1][:1]
            cadence = cadence_to(rng, key, (*first, bars[goal][0]), 1)
            bars[goal - 1] = (*first, *cadence)
        else:
            near = bars[goal - 2][-1], bars[goal][0]
            beats = plan.bar_line(goal + 1) - plan.bar_line(goal)
            bars[goal - 1] = cadence_to(rng, key, near, beats)
    spelled = [key for draft, key in zip(drafts, keys, strict=True) for _ in range(draft.bars)]
    return [symbols(bar, key) for bar, key in zip(bars, spelled, strict=True)]


def _themes(
    drafts: Sequence[PhrasePlan],
    keys: Sequence[int],
    rng: np.random.Generator,
    given: Mapping[str, tuple[Bar, ...]],
) -> list[Bar]:
    """The chords of every bar by its phrase's form; roots count from C."""
    themes: dict[tuple[str, int], tuple[Bar, ...]] = {}
    taken: set[tuple[Bar, ...]] = set()
    begun: set[int] = set()
    bars: list[Bar] = []
    share = draw_share(rng)
    for draft, key in zip(drafts, keys, strict=True):
        theme = draft.form, key
        if draft.form in given:
            themes[theme] = given[draft.form]
            begun.add(key)
        if theme not in themes:
            # The first theme of a key begins at home, a contrast elsewhere.
            progression = draw_progression(rng, key >= 12, key not in begun, taken)
            coloured = draw_qualities(rng, key >= 12, progression)
            themes[theme] = with_chromatic_chords(rng, key >= 12, coloured, share)
            taken.add(progression)
            begun.add(key)
        progression = themes[theme]
        chosen = [progression[bar % len(progression)] for bar in range(draft.bars)]
        bars += [transposed(bar, key % 12) for bar in chosen]
    return bars


def ended(plan: Plan, bars: Sequence[Bar], tonic: str) -> list[Bar]:
    """The bars with the tonic from the last chord on."""
    last = plan.last_chord or 0
    bar = plan.bar_at(last)
    line, until = plan.bar_line(bar), plan.bar_line(bar + 1)
    shared = _shared(bars[bar - 1], until - line, last - line, tonic)
    return [*bars[: bar - 1], shared, *[(tonic,)] * (len(bars) - bar)]


def _shared(bar: Bar, beats: int, first: int, tonic: str) -> Bar:
    """A bar of this many beats that becomes the tonic at beat ``first``, counted from 0."""
    if first == 0:
        return (tonic,)
    starts = chord_beats(len(bar), beats)
    before = [bar[bisect_right(starts, beat) - 1] for beat in range(first)]
    if len(set(before)) == 1 and chord_beats(2, beats) == [0, first]:
        return (before[0], tonic)
    return (*before, *[tonic] * (beats - first))


def leads(bar: Bar, goal: Bar, key: int) -> bool:
    """Whether a bar leads to the next one, which begins a phrase in this key."""
    if goal[0] == tonic_chord(key):
        return leads_on(transposed(bar, -key), key >= 12)
    return bar[-1] != goal[0]


def cadence_to(rng: np.random.Generator, key: int, near: Sequence[str], beats: int) -> Bar:
    """Draw a bar that leads to the tonic of a key."""
    cadence = draw_cadence(rng, key >= 12, transposed(tuple(near), -key), beats)
    return transposed(cadence, key)


def tonic_chord(key: int) -> str:
    """The symbol of the tonic's chord. key: an index into ``conditions.KEYS``."""
    return transposed((progressions(key >= 12).tonic,), key)[0]
