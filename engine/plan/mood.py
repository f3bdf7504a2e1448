"""What a film's emotion asks of the music: mode, density, dynamics, players and register.

The directions are those that studies of music and emotion agree on (reviewed by Gabrielsson and
Lindstrom 2010; measured by factor in Eerola, Friberg and Bresin 2013). Major and high are pleasant,
minor and low are not. Fast, loud and dense are aroused. In 2,081 labelled songs of the corpus,
density and velocity rise with arousal, and fewer bars have drums where it is low. Minor keys do not
depend on valence there (r = .02), and neither does the mean pitch. So mode and register follow the
studies alone.

The two labels of songs rise together (r = .47). A film may be calm and pleasant, or excited and
unpleasant. So what songs share between the labels goes mostly to arousal here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.music.conditions import known
from engine.plan.plan import DYNAMICS
from engine.score import Instrument

MINOR_BELOW, MAJOR_ABOVE = -0.25, 0.25
"""Valence below which a piece is in minor, and above which it is in major."""
LOW_BELOW, HIGH_ABOVE = -0.3, 0.45
"""Valence below which the parts lie lower than usual, and above which they lie higher."""
BRIGHT_BY_VALENCE, BRIGHT_BY_AROUSAL = 0.8, 0.2
"""How much each counts for whether notes are detached."""
DENSITY = 18.0
"""Notes a second of five players in the middle of the plane. Songs have 21; music under a film
leaves room."""
DENSITY_BY_AROUSAL, DENSITY_BY_VALENCE = 0.7, 0.2
"""By how many octaves each unit of arousal, and of valence, raises the density. Songs with five
instruments go from 14 notes a second at an arousal of -0.8 to 31 at 0.85, and from 15 at a valence
of -0.8 to 28 at 0.85. Since the labels rise together, that makes about 0.5 and 0.3 octaves."""
FEWER_PLAYERS = 0.57
"""The power of the share of players by which density grows."""

_LOUDNESS = ((-0.6, "p"), (-0.15, "mp"), (0.35, "mf"), (0.75, "f"))
"""Arousal up to which each dynamic mark holds; ff above."""
DRUM_BARS, DRUM_BARS_BY_VALENCE, DRUM_BARS_BY_AROUSAL = 0.8, 0.25, 0.35
"""The share of bars in which drums play, in the middle of the plane, and by how much each unit of
valence and of arousal raises it. In labelled songs they play in .66 of the bars of calm and sad
ones, .94 of calm and pleasant ones, .95 of excited ones; films have fewer."""
FEWEST_DRUM_BARS = 0.4
"""The least of it."""
_EXCITED = 0.3
"""The level above which the bass leads."""
_CALM_ORDER = (Instrument.PIANO, Instrument.STRINGS, Instrument.BASS, Instrument.GUITAR)
_EXCITED_ORDER = (Instrument.BASS, Instrument.PIANO, Instrument.STRINGS, Instrument.GUITAR)
"""In which order the pitched instruments enter."""
_OTHER = {Instrument.PIANO: Instrument.GUITAR, Instrument.GUITAR: Instrument.PIANO}
_BRIGHTER = 0.6
"""The part of valence that counts beside arousal where players are chosen."""
_PLAYERS = ((-0.2, 3), (2.0, 4))
"""Level up to which this many of the four pitched instruments play together."""


def minor_share(valence: float) -> float:
    """How likely a piece of this valence (-1..1) is in minor."""
    return float(np.interp(valence, (MINOR_BELOW, MAJOR_ABOVE), (1.0, 0.0)))


def density(valence: float, arousal: float, players: int) -> float:
    """Notes a second that suit an emotion (each -1..1), all players together."""
    octaves = DENSITY_BY_VALENCE * valence + DENSITY_BY_AROUSAL * arousal
    return float(DENSITY * 2**octaves * (players / len(Instrument)) ** FEWER_PLAYERS)


def dynamics(arousal: float, louder: int = 0) -> str:
    """The dynamic mark that suits an arousal; ``louder`` steps above it."""
    marks = list(DYNAMICS)
    mark = next((mark for most, mark in _LOUDNESS if arousal <= most), "ff")
    return marks[min(max(marks.index(mark) + louder, 0), len(marks) - 1)]


def register(valence: float) -> str:
    """Where the parts lie, a name of ``plan.REGISTERS``, for a valence of -1..1."""
    return "low" if valence < LOW_BELOW else "high" if valence > HIGH_ABOVE else "middle"


def brightness(valence: float, arousal: float) -> float:
    """How detached notes are played, -1..1: connected where music is sad, detached where joyful.

    valence, arousal: -1..1, NaN unknown (Gabrielsson and Lindstrom 2010).
    """
    return BRIGHT_BY_VALENCE * known(valence) + BRIGHT_BY_AROUSAL * known(arousal)


def level(valence: float, arousal: float) -> float:
    """How many players an emotion (each -1..1) asks for: about -1 few, 1 all."""
    return arousal + _BRIGHTER * valence


def entry_order(
    level: float, available: Sequence[Instrument], guitar_leads: bool = False
) -> tuple[Instrument, ...]:
    """The available pitched instruments in the order in which they enter.

    guitar_leads: the guitar takes the piano's place, and the piano that of the guitar.
    """
    order: Sequence[Instrument] = _EXCITED_ORDER if level > _EXCITED else _CALM_ORDER
    if guitar_leads:
        order = [_OTHER.get(instrument, instrument) for instrument in order]
    return tuple(instrument for instrument in order if instrument in available)


def players(level: float, available: int) -> int:
    """How many of the available pitched instruments play together."""
    of_four = next(count for most, count in _PLAYERS if level <= most)
    return min(available, max(1, round(available * of_four / len(_CALM_ORDER) + 0.2)))


def drum_bars(valence: float, arousal: float) -> float:
    """In which share of the bars of an emotion (each -1..1) drums play, 0..1."""
    share = DRUM_BARS + DRUM_BARS_BY_VALENCE * valence + DRUM_BARS_BY_AROUSAL * arousal
    return float(np.clip(share, FEWEST_DRUM_BARS, 1.0))


def phrase_players(
    valence: float, arousal: float, available: Sequence[Instrument]
) -> tuple[Instrument, ...]:
    """Who of the available instruments plays a phrase of an emotion (each -1..1) that is alone."""
    pitched = [instrument for instrument in available if instrument is not Instrument.DRUMS]
    of_emotion = level(valence, arousal)
    chosen = {*entry_order(of_emotion, pitched)[: players(of_emotion, len(pitched))]}
    if not pitched or drum_bars(valence, arousal) > 0.5:
        chosen.add(Instrument.DRUMS)
    return tuple(i for i in Instrument if i in chosen and i in available)
