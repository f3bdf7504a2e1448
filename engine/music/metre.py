"""Counts how many bars of which time signature lie between the BARs of a score.

A steady tempo and time signature are likely, and so are onsets on beats and their subdivisions. A
BAR may be missing or superfluous. The likeliest path through all ways to count is found as in a
hidden Markov model (Viterbi 1967). Costs are in nats. The priors were tuned on training songs, the
other constants were chosen by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Signature:
    """A time signature to count in.

    pulses: felt beats in a bar; dotted if they are not its quarter notes. share: the rough share of
    music that is written in it.
    """

    numerator: int
    denominator: int
    pulses: int
    share: float

    @property
    def beats(self) -> float:
        """Quarter notes in a bar."""
        return self.numerator * 4 / self.denominator


SIGNATURES = (
    Signature(4, 4, 4, 0.83),
    Signature(3, 4, 3, 0.06),
    Signature(2, 4, 2, 0.05),
    Signature(6, 8, 2, 0.03),
    Signature(12, 8, 4, 0.01),
    Signature(6, 4, 6, 0.005),
    Signature(5, 4, 5, 0.005),
    Signature(7, 4, 7, 0.002),
    Signature(1, 4, 1, 0.002),
)
COMMON_TIME = SIGNATURES[0]

TEMPO_CHANGE = 30.0
"""Cost for each e-fold."""
METRE_CHANGE = 6.0
MISSING = 2.0
"""Cost of a step of two bars, with one missing BAR; twice that for four or more bars."""
EXTRA = 4.0
"""Cost of each superfluous BAR."""
EXTRAS = 2
"""How many superfluous BARs may follow one another."""
PRIOR = 0.2
"""The weight of a rare time signature or pulse rate. It is low because every bar counts again."""
ONSETS = 0.25
"""The weight of onsets off the beat. It is low because onsets depend on one another too."""

PULSE_RATE = 118 / 60
"""Pulses a second: the median of Lakh songs with three families or more."""
PULSE_SPREAD = 0.5
"""In e-folds."""
ONSET_SPREAD = 0.015
"""Seconds."""
STRAY = 0.4
"""The share of onsets that are on no subdivision."""
SUBDIVISIONS = {1: (0.2, 0.25), 2: (0.2, 0.05), 3: (0.2, 0.5), 4: (0.35, 0.0), 6: (0.05, 0.2)}
"""Parts of a pulse -> the share of onsets on that grid, for plain and for dotted pulses."""

LONGEST_BAR = 8.0
USUAL_BAR = 2.0

# A way to count: a signature, and one bar, two bars, or as many bars as usual lengths would fit.
_WAYS = np.repeat(np.arange(len(SIGNATURES)), 3)
_BEATS = np.array([signature.beats for signature in SIGNATURES])[_WAYS]
_PULSES = np.array([float(signature.pulses) for signature in SIGNATURES])[_WAYS]
_DOTTED = _BEATS != _PULSES
_RARITY = -np.log([signature.share for signature in SIGNATURES])[_WAYS]


@dataclass(frozen=True, slots=True)
class Step:
    """From BAR number ``start`` to ``end`` there are ``count`` bars of ``signature``."""

    start: int
    end: int
    count: int
    signature: Signature


def count_bars(bars: Floats, onsets: Floats) -> tuple[Step, ...]:
    """The likeliest count from the first BAR to the last.

    bars, onsets: seconds, rising, any number of each. A BAR strictly within a step is superfluous.
    """
    lengths = np.diff(bars)
    lengths = lengths[lengths < LONGEST_BAR]
    usual = float(np.median(lengths)) if len(lengths) else USUAL_BAR

    shape = (len(bars), EXTRAS + 1, len(_WAYS))
    cost, rate = np.full(shape, np.inf), np.zeros(shape)
    count, came_from = np.zeros(shape, np.int64), np.full(shape, -1)
    change = np.tile(np.where(_WAYS[:, None] == _WAYS, 0.0, METRE_CHANGE), (EXTRAS + 1, 1))
    for end in range(1, len(bars)):
        for extra in range(min(EXTRAS + 1, end)):
            start = end - 1 - extra
            length = float(bars[end] - bars[start])
            counts = np.tile([1, 2, max(1, round(length / usual))], len(SIGNATURES))
            rates = np.log(counts * _BEATS / length)
            first, last = np.searchsorted(onsets, bars[[start, end]])
            phases = (onsets[first:last] - bars[start]) / length
            costs = EXTRA * extra + _surprise(length, phases, counts)
            if start > 0:
                leaps = np.abs(rate[start].reshape(-1, 1) - rates)
                paths = cost[start].reshape(-1, 1) + TEMPO_CHANGE * leaps + change
                came_from[end, extra] = paths.argmin(axis=0)
                costs += paths.min(axis=0)
            cost[end, extra], rate[end, extra], count[end, extra] = costs, rates, counts

    steps: list[Step] = []
    end, state = len(bars) - 1, int(cost[-1].argmin())
    while end > 0:
        extra, way = divmod(state, len(_WAYS))
        start = end - 1 - extra
        steps.append(Step(start, end, int(count[end, extra, way]), SIGNATURES[_WAYS[way]]))
        end, state = start, int(came_from[end, extra, way])
    return tuple(reversed(steps))


def _surprise(length: float, phases: Floats, counts: Ints) -> Floats:
    """The cost of each way to count ``length`` seconds with onsets at ``phases``, 0..1."""
    pulses = counts * _PULSES
    off_rate = np.log(pulses / length / PULSE_RATE) / PULSE_SPREAD
    return np.asarray(
        PRIOR * (_RARITY + off_rate**2 / 2)
        + MISSING * np.log2(np.minimum(counts, 4))
        + ONSETS * _misfit(length, phases, pulses)
    )


def _misfit(length: float, phases: Floats, pulses: Floats) -> Floats:
    """Minus the log likelihood ratio of onsets near subdivisions to onsets anywhere."""
    pulse = (length / pulses)[:, None]
    position = phases * pulses[:, None]
    density = np.full(position.shape, STRAY)
    for parts, (plain, dotted) in SUBDIVISIONS.items():
        share = np.where(_DOTTED, dotted, plain)[:, None] * (1 - STRAY)
        grid = pulse / parts
        off = (position * parts - np.rint(position * parts)) * grid / ONSET_SPREAD
        density += share * grid * np.exp(-(off**2) / 2) / (ONSET_SPREAD * np.sqrt(2 * np.pi))
    return np.asarray(-np.log(density).sum(axis=1))
