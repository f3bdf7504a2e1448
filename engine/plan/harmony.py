"""The harmony of a piece: progressions that songs have, with cadences where phrases meet the film.

The progressions and cadences are counted in songs (``progressions.json``, made by ``emsync model
count-harmony``). Every form has one progression of four bars. A phrase before a boundary ends with
a chord that leads to the tonic, and so does the bar before the last chord. The last chord is the
tonic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from engine.music.chord_symbols import Chord, chord_name

ROOTS = 3
"""The fewest different roots of a progression."""
MOST_STILL = 1
"""How many bars of a progression may keep the chord of the bar before."""
USUALNESS = 0.6
"""The power of a progression's count by which it is drawn; below 1, rarer ones come more often."""
RAREST_CADENCE = 0.05
"""The least share of songs' phrases that lead to the tonic by a chord, for a cadence to use it."""
CADENCE_BEATS = 4
"""From this many beats on, a cadence may have two chords in a bar."""

Bar = tuple[str, ...]
"""The chords of a bar, each a root in semitones above the tonic and a suffix: ``0``, ``9:m``."""


@dataclass(frozen=True, slots=True)
class Progressions:
    """What songs of a mode do.

    phrases: progressions of four bars, and their weights. cadences: chords that lead to the tonic,
    and their weights. tonic: its chord.
    """

    phrases: tuple[tuple[Bar, ...], ...]
    weights: tuple[float, ...]
    cadences: tuple[str, ...]
    cadence_weights: tuple[float, ...]
    tonic: str


@cache
def progressions(minor: bool) -> Progressions:
    """The counted progressions of a mode."""
    text = files("engine.plan").joinpath("progressions.json").read_text("utf-8")
    table: Mapping[str, Any] = json.loads(text)["minor" if minor else "major"]
    tonic = "0:m" if minor else "0"
    kept: dict[tuple[Bar, ...], float] = {}
    for name, songs in table["phrases"].items():
        phrase = tuple(tuple(bar.split()) for bar in name.split("|"))
        if _moves(phrase):
            kept[phrase] = float(songs) ** USUALNESS
    before = table["before_tonic"]
    least = RAREST_CADENCE * sum(before.values())
    cadences = {
        name: float(songs)
        for name, songs in before.items()
        if songs >= least and _root(name) != "0"
    }
    return Progressions(
        tuple(kept), tuple(kept.values()), tuple(cadences), tuple(cadences.values()), tonic
    )


def _root(name: str) -> str:
    return name.partition(":")[0]


def _moves(phrase: Sequence[Bar]) -> bool:
    """Whether a progression has enough roots, and changes from bar to bar, around its end too."""
    roots = {_root(name) for bar in phrase for name in bar}
    still = sum(
        bar[0] == before[-1] for before, bar in zip([phrase[-1], *phrase], phrase, strict=False)
    )
    return len(roots) >= ROOTS and still <= MOST_STILL


def draw_progression(
    rng: np.random.Generator, minor: bool, on_tonic: bool, taken: Sequence[tuple[Bar, ...]] = ()
) -> tuple[Bar, ...]:
    """Draw a progression of four bars. on_tonic: it begins on the tonic, or on another chord.

    taken: progressions that are not drawn.
    """
    table = progressions(minor)
    weights = np.array(
        [
            weight * ((phrase[0][0] == table.tonic) == on_tonic) * (phrase not in taken)
            for phrase, weight in zip(table.phrases, table.weights, strict=True)
        ]
    )
    return table.phrases[int(rng.choice(len(weights), p=weights / weights.sum()))]


def draw_cadence(rng: np.random.Generator, minor: bool, before: str, beats: int) -> Bar:
    """Draw the bar before a tonic. before: the chord before it, which it does not repeat."""
    table = progressions(minor)
    weights = np.array(table.cadence_weights) * [
        _root(name) != _root(before) for name in table.cadences
    ]
    last = table.cadences[int(rng.choice(len(weights), p=weights / weights.sum()))]
    # A chord that leads on to the dominant: the subdominant, or the second degree.
    if _root(last) == "7" and beats >= CADENCE_BEATS and rng.random() < 0.5:
        first = ("5:m" if minor else "5") if rng.random() < 0.6 else ("8" if minor else "2:m")
        if _root(first) != _root(before):
            return first, last
    return (last,)


def leads_on(bar: Bar, minor: bool) -> bool:
    """Whether a bar's last chord usually leads to the tonic."""
    table = progressions(minor)
    share = dict(zip(table.cadences, table.cadence_weights, strict=True))
    return share.get(bar[-1], 0.0) >= 0.1 * sum(table.cadence_weights)


def name_bar(bar: Bar, key: int) -> str:
    """The chord symbols of a bar in a key of ``conditions.KEYS``."""
    names = []
    for name in bar:
        root, _, quality = name.partition(":")
        names.append(chord_name(Chord((int(root) + key) % 12, quality), key))
    return " ".join(names)
