"""The harmony of a piece: progressions that songs have, with cadences where phrases meet the film.

The progressions and cadences are counted in songs (``progressions.json``, made by ``emsync model
count-harmony``). Every form has one progression of four bars. A phrase before a boundary ends with
a chord that leads to the tonic, and so does the bar before the last chord. The last chord is the
tonic.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import numpy as np

from engine.music.chord_symbols import Chord, chord_name

ROOTS = 3
"""The fewest different roots of a progression."""
MOST_STILL = 1
"""How many bars of a progression may keep the chord of the bar before."""
USUALNESS = 0.6
"""The power of a progression's count by which it is drawn; below 1, rarer ones come more often."""
COLOURFUL = 4.0
"""How many times likelier each root beyond :data:`ROOTS` makes a progression. The commonest have
the fewest chords. Of the notes of a whole piece in them, too many would be the same few."""
PLAIN = 1.6
"""How many times likelier each bar of the tonic makes a progression in minor. Each bar of the
relative major's tonic or dominant makes it as many times less likely. Songs in minor often lean to
the relative major; a film's unpleasant music should not."""
_TONIC, _RELATIVE_MAJOR = 0, (3, 10)
RAREST_CADENCE = 0.05
"""The least share of songs' phrases that lead to the tonic by a chord, for a cadence to use it."""
CADENCE_BEATS = 4
"""From this many beats on, a cadence may have two chords in a bar."""

T = TypeVar("T")
Bar = tuple[str, ...]
"""The chords of a bar, each a root in semitones above the tonic and a suffix: ``0``, ``9:m``."""


@dataclass(frozen=True, slots=True)
class Progressions:
    """What songs of a mode do.

    phrases: progressions of four bars in triads, and their weights. qualities: for each triad, the
    suffixes that stand in its place, and their weights. cadences: chords that lead to the tonic,
    and their weights. steps: from the last chord of a bar to the first of the next, and how often
    of 100,000. tonic: its chord.
    """

    phrases: tuple[tuple[Bar, ...], ...]
    weights: tuple[float, ...]
    qualities: Mapping[str, Mapping[str, float]]
    cadences: tuple[str, ...]
    cadence_weights: tuple[float, ...]
    steps: Mapping[str, Mapping[str, int]]
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
            colour = COLOURFUL ** (len(_roots(phrase)) - ROOTS)
            plain = _plainness(phrase) if minor else 1.0
            kept[phrase] = float(songs) ** USUALNESS * colour * plain
    before = table["before_tonic"]
    least = RAREST_CADENCE * sum(before.values())
    cadences = {
        name: float(songs)
        for name, songs in before.items()
        if songs >= least and root_of(name) != 0
    }
    return Progressions(
        tuple(kept),
        tuple(kept.values()),
        table["qualities"],
        tuple(cadences),
        tuple(cadences.values()),
        table["steps"],
        tonic,
    )


def root_of(name: str) -> int:
    """The root of a chord such as ``9:m``, in semitones above the tonic."""
    return int(name.partition(":")[0])


def _plainness(phrase: Sequence[Bar]) -> float:
    """How plain the mode of a progression in minor is."""
    roots = [root_of(bar[0]) for bar in phrase]
    return float(PLAIN ** (roots.count(_TONIC) - sum(roots.count(r) for r in _RELATIVE_MAJOR)))


def _roots(phrase: Sequence[Bar]) -> set[int]:
    """The different roots of a progression."""
    return {root_of(name) for bar in phrase for name in bar}


def _moves(phrase: Sequence[Bar]) -> bool:
    """Whether a progression has enough roots, and changes from bar to bar, around its end too."""
    still = sum(
        bar[0] == before[-1] for before, bar in zip([phrase[-1], *phrase], phrase, strict=False)
    )
    return len(_roots(phrase)) >= ROOTS and still <= MOST_STILL


def draw_progression(
    rng: np.random.Generator, minor: bool, on_tonic: bool, taken: Collection[tuple[Bar, ...]] = ()
) -> tuple[Bar, ...]:
    """Draw a progression of four bars. on_tonic: it begins on the tonic, or on another chord.

    taken: progressions that are drawn only when no other is left.
    """
    table = progressions(minor)
    fitting = {
        phrase: weight
        for phrase, weight in zip(table.phrases, table.weights, strict=True)
        if (phrase[0][0] == table.tonic) == on_tonic
    }
    left = {phrase: weight for phrase, weight in fitting.items() if phrase not in taken}
    return draw(rng, left or fitting)


def draw_qualities(rng: np.random.Generator, minor: bool, phrase: Sequence[Bar]) -> tuple[Bar, ...]:
    """Draw sevenths and suspensions for a progression of triads. The tonic stays a triad."""
    table = progressions(minor)

    def drawn(name: str) -> str:
        choices = table.qualities.get(name, {})
        if name == table.tonic or not choices:
            return name
        return f"{root_of(name)}:{draw(rng, choices)}".rstrip(":")

    return tuple(tuple(map(drawn, bar)) for bar in phrase)


def draw_cadence(rng: np.random.Generator, minor: bool, near: Collection[str], beats: int) -> Bar:
    """Draw the bar before a tonic. near: the chords around it, whose roots it does not repeat.

    It is the tonic where no cadence is left.
    """
    table = progressions(minor)
    roots = {root_of(name) for name in near}
    left = {
        name: weight
        for name, weight in zip(table.cadences, table.cadence_weights, strict=True)
        if root_of(name) not in roots
    }
    last = draw(rng, left or {table.tonic: 1.0})
    # A chord that leads on to the dominant: the subdominant, or the second degree.
    if root_of(last) == 7 and beats >= CADENCE_BEATS and rng.random() < 0.5:
        first = ("5:m" if minor else "5") if rng.random() < 0.6 else ("8" if minor else "2:m")
        if root_of(first) not in roots:
            return first, last
    return (last,)


def draw(rng: np.random.Generator, weights: Mapping[T, float]) -> T:
    """Draw a key of ``weights``, in proportion to its value."""
    shares = np.array(list(weights.values()))
    return list(weights)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def leads_on(bar: Bar, minor: bool) -> bool:
    """Whether a bar's last chord usually leads to the tonic."""
    table = progressions(minor)
    share = dict(zip(table.cadences, table.cadence_weights, strict=True))
    return share.get(bar[-1], 0.0) >= 0.1 * sum(table.cadence_weights)


def transposed(bar: Bar, semitones: int) -> Bar:
    """The chords of a bar, this many semitones higher."""
    parts = [name.partition(":") for name in bar]
    return tuple(
        f"{(int(root) + semitones) % 12}{colon}{quality}" for root, colon, quality in parts
    )


def symbols(bar: Bar, key: int) -> Bar:
    """The chord symbols of a bar whose roots count from C, spelled as in this key.

    key: index into ``conditions.KEYS``.
    """
    parts = [name.partition(":") for name in bar]
    return tuple(chord_name(Chord(int(root), quality), key) for root, _, quality in parts)
