"""The film's arousal as expression (CC11): the more aroused a section, the louder it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bridge.play.piece import Control
from engine.cues import Section
from engine.score import Instrument

EXPRESSION = 11
_CALM, _EXCITED = 60.0, 127.0
_STEP = 0.1
_RAMP = 2.0
"""Seconds of the ramp from one section to the next, centred on the change."""


def expression(sections: Sequence[Section]) -> tuple[Control, ...]:
    """CC11 for every instrument along the sections; unknown (NaN) arousal counts as 0.

    There is one value at the start, then one at each change, at most ten a second.
    """
    if not sections:
        return ()
    arousal = np.array([0.0 if math.isnan(s.arousal) else s.arousal for s in sections])
    level = _CALM + (_EXCITED - _CALM) * (arousal + 1) / 2
    times = np.arange(0.0, sections[-1].end, _STEP)
    points, levels = [0.0], [level[0]]
    for before, after, change in zip(level[:-1], level[1:], sections[1:], strict=True):
        for point, value in (
            (change.start - _RAMP / 2, before),
            (change.start + _RAMP / 2, after),
        ):
            # Ramps of short sections would overlap: the later point is moved back into order.
            points.append(max(point, points[-1]))
            levels.append(value)
    values = np.rint(np.interp(times, points, levels)).astype(int)
    changes = np.flatnonzero(np.diff(values, prepend=-1))
    return tuple(
        Control(float(times[i]), instrument, EXPRESSION, int(values[i]))
        for i in changes
        for instrument in Instrument
    )
