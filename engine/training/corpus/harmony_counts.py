"""Counts how harmony goes in songs: phrases, steps from bar to bar, and cadences.

Goal: a planner of harmony draws what songs do. The table is ``engine/plan/progressions.json``.

Conventions. :mod:`engine.training.corpus.bar_chords` says how chords are named. Each mode is
counted by itself. A phrase is four bars, written as on a chord chart: ``0 | 9:m | 5 7 | 0``. Here
the third bar has a chord in each half. The songs of a group are versions of one song. They count
together as one.

Phrases that differ only by sevenths and suspensions are one phrase, written as most songs have it.
Otherwise each spelling of a phrase is rare. ``qualities`` tells how often a triad has a seventh.

A phrase begins at every fourth bar. The instruments tell which bar of four it is: most sections
begin where some of them enter or stop. In 1,838 songs this gave slightly cleaner starts than three
other ways. They were the first bar with notes, the first bar with a chord, and the start from which
most phrases repeat. Clean means that phrases begin on few different chords, and often on the tonic.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.training.corpus.bar_chords import TONIC_CHORDS, Bar, BarChords

PHRASE = 4
"""Bars in a phrase."""
FEWEST_SONGS = 12
"""Of how many songs a phrase, or a way to end, must be part to be kept."""
MOST_PHRASES = {2: 50, 3: 100}
"""The most phrases that are kept in a mode: with two roots, and with three or more."""
SHARED_OUT = 100_000
"""The sum of a table to which every song adds equally."""
RAREST = 20
"""The least entry of such a table that is kept."""

USUAL_TRIAD = 0.005
"""The share of all chords from which on a triad's qualities are counted apart."""
TRIAD = {"": "", "m": "m", "dim": "dim", "7": "", "maj7": "", "m7": "m"}
"""Suffix -> that of the triad within."""
MINOR_TRIADS = (frozenset({2, 4, 9, 11}), frozenset({0, 2, 5}))
"""In major and in minor: the roots on which a suspension counts as one of a minor triad.

The fifth degree of minor is not among them. A suspended dominant resolves to a major triad."""

Table = dict[str, Any]


def count_harmony(songs: Iterable[tuple[str, BarChords]]) -> dict[str, Table]:
    """The counts of each mode, ``major`` and ``minor``, fit for JSON.

    songs: the group of each song, and its chords. A table holds, the commonest first:

    - ``songs``: how many groups were counted.
    - ``phrases``: phrases with two or more roots, and in how many songs they occur.
    - ``qualities``: how a triad is played, in percent of its chords. Rare triads are left out.
    - ``steps``: from the last chord of a bar to the first of the next, in :data:`SHARED_OUT`.
    - ``halves``: from the first half of a bar to the second where they differ, likewise.
    - ``endings``: the last two different chords, and how many songs end so.
    - ``into_tonic``: the chord before the tonic's where a phrase ends on the tonic's.
    - ``before_tonic``: the last chord of a phrase that leads to the tonic's in the next bar.
    - ``open_ends``: the last chord of a phrase that leads elsewhere.
    - ``unchanged``: percent of steps that keep the triads, to bars 1, 2, 3 and 4 of a phrase.
    - ``unchanged_songs``: the 10th, 50th and 90th percentile of that figure over songs.
    - ``two_chords``: percent of bars with a chord in each half.
    """
    modes: dict[str, dict[str, list[BarChords]]] = {"major": {}, "minor": {}}
    for group, chords in songs:
        modes["minor" if chords.minor else "major"].setdefault(group, []).append(chords)
    return {mode: _table(list(groups.values())) for mode, groups in modes.items()}


def phrase_start(entries: Sequence[int]) -> int:
    """The bar 0..3 from which a phrase begins every four bars. entries: as in ``BarChords``."""
    sums = [sum(entries[first::PHRASE]) for first in range(PHRASE)]
    return sums.index(max(sums))


def phrases(song: BarChords) -> Iterator[tuple[Bar, ...]]:
    """The phrases of a song in which every bar has a clear chord."""
    for first in range(phrase_start(song.entries), len(song.bars) - PHRASE + 1, PHRASE):
        phrase = song.bars[first : first + PHRASE]
        if all(phrase):
            yield phrase


def roots(phrase: Iterable[Bar]) -> int:
    """How many different roots a phrase has."""
    return len({name.partition(":")[0] for bar in phrase for name in bar})


def folded(bar: Bar, minor: bool) -> Bar:
    """The triads of a bar: without sevenths, and with the scale's third for a suspension."""
    return tuple(_triad(name, minor) for name in bar)


def written(phrase: Iterable[Bar]) -> str:
    """A phrase as text, with bar lines."""
    return " | ".join(" ".join(bar) for bar in phrase)


def _triad(name: str, minor: bool) -> str:
    root, _, quality = name.partition(":")
    if quality == "sus4":
        thirds = MINOR_TRIADS[minor]
        quality = "m" if int(root) in thirds else ""
    return f"{root}:{TRIAD[quality]}".rstrip(":")


def _table(groups: Sequence[Sequence[BarChords]]) -> Table:
    found: dict[tuple[Bar, ...], Counter[tuple[Bar, ...]]] = defaultdict(Counter)
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    for group in groups:
        spellings: dict[tuple[Bar, ...], tuple[Bar, ...]] = {}
        for song in group:
            for phrase in phrases(song):
                spellings.setdefault(tuple(folded(bar, song.minor) for bar in phrase), phrase)
        for triads, phrase in spellings.items():
            found[triads][phrase] += 1
        for name in ("endings", "into_tonic", "before_tonic", "open_ends"):
            ends[name].update({end for song in group for kind, end in _ends(song) if kind == name})
    counts: dict[int, dict[str, int]] = {least: {} for least in MOST_PHRASES}
    for triads, written_as in found.items():
        if roots(triads) > 1:
            usual = min(written_as, key=lambda phrase: (-written_as[phrase], phrase))
            counts[min(roots(triads), 3)][written(usual)] = written_as.total()
    kept = {
        k: n for least, most in MOST_PHRASES.items() for k, n in _commonest(counts[least])[:most]
    }
    steps = [[pair for song in group for pair in _steps(song)] for group in groups]
    return {
        "songs": len(groups),
        "phrases": dict(_commonest(kept)),
        "qualities": _qualities(groups),
        "steps": _shared_out(steps),
        "halves": _shared_out(
            [[bar for song in group for bar in song.bars if len(bar) == 2] for group in groups]
        ),
        **{name: dict(_commonest(ends[name])) for name in sorted(ends)},
        **_unchanged(groups),
        "two_chords": _percent(
            [[len(bar) == 2 for song in group for bar in song.bars if bar] for group in groups]
        ),
    }


def _commonest(counts: Mapping[Any, int]) -> list[tuple[Any, int]]:
    """What enough songs have, the commonest first; equal ones by name."""
    enough = [(what, count) for what, count in counts.items() if count >= FEWEST_SONGS]
    return sorted(enough, key=lambda pair: (-pair[1], pair[0]))


def _qualities(groups: Sequence[Sequence[BarChords]]) -> dict[str, dict[str, int]]:
    """Triad -> suffix -> percent; every song adds equally."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for group in groups:
        names = [(name, song.minor) for song in group for bar in song.bars for name in bar]
        for name, minor in names:
            sums[_triad(name, minor)][name.partition(":")[2]] += 1 / len(names)
    table: dict[str, dict[str, int]] = {}
    for triad, found in sorted(sums.items(), key=lambda item: (-sum(item[1].values()), item[0])):
        total = sum(found.values())
        if total >= USUAL_TRIAD * len(groups):
            rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))
            percents = {suffix: round(100 * n / total) for suffix, n in rows}
            table[triad] = {suffix: percent for suffix, percent in percents.items() if percent}
    return table


def _steps(song: BarChords) -> Iterator[tuple[str, str]]:
    for bar, following in pairwise(song.bars):
        if bar and following:
            yield bar[-1], following[0]


def _shared_out(groups: Iterable[Sequence[Sequence[str]]]) -> dict[str, dict[str, int]]:
    """From chord to chord; every group that has such pairs adds equally."""
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    counted = 0
    for pairs in groups:
        counted += bool(pairs)
        for pair in pairs:
            sums[tuple(pair)] += 1 / len(pairs)
    table: dict[str, dict[str, int]] = {}
    for (here, there), total in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        entry = round(SHARED_OUT * total / counted)
        if entry >= RAREST:
            table.setdefault(here, {})[there] = entry
    return table


def _ends(song: BarChords) -> Iterator[tuple[str, str]]:
    """How the song and its phrases end: the kind of end, and its chords."""
    tonic = TONIC_CHORDS[song.minor]
    line = [name for bar in song.bars for name in bar]
    before = next((name for name in reversed(line) if name != line[-1]), None)
    if song.bars[-1] and before is not None:
        yield "endings", f"{before} {line[-1]}"
    for first in range(phrase_start(song.entries), len(song.bars) - PHRASE, PHRASE):
        phrase, following = song.bars[first : first + PHRASE], song.bars[first + PHRASE]
        if not all(phrase) or not following:
            continue
        last = phrase[-1][-1]
        if last not in tonic:
            yield ("before_tonic" if following[0] in tonic else "open_ends"), last
            continue
        chords = [name for bar in phrase for name in bar if name not in tonic]
        if chords:
            yield "into_tonic", chords[-1]


def _unchanged(groups: Sequence[Sequence[BarChords]]) -> Table:
    """How often a bar keeps the harmony of the bar before, by its place in the phrase."""
    places: list[list[list[bool]]] = [[] for _ in range(PHRASE)]
    shares: list[float] = []
    for group in groups:
        kept: list[list[bool]] = [[] for _ in range(PHRASE)]
        for song in group:
            start = phrase_start(song.entries)
            for number, (bar, following) in enumerate(pairwise(song.bars), start=1):
                if bar and following:
                    same = folded(bar, song.minor) == folded(following, song.minor)
                    kept[(number - start) % PHRASE].append(same)
        for place, some in zip(places, kept, strict=True):
            place.append(some)
        everywhere = [same for some in kept for same in some]
        if everywhere:
            shares.append(float(np.mean(everywhere)))
    spread = (
        np.rint(100 * np.percentile(shares, (10, 50, 90))).astype(int) if shares else np.array([])
    )
    return {
        "unchanged": [_percent(place) for place in places],
        "unchanged_songs": spread.tolist(),
    }


def _percent(groups: Iterable[Sequence[bool]]) -> int:
    """The mean share of groups, in percent; 0 without any."""
    shares = [float(np.mean(some)) for some in groups if some]
    return round(100 * float(np.mean(shares))) if shares else 0
