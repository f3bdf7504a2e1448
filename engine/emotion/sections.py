"""The sections of a film: stretches between cuts with one emotion each.

Times are seconds from the score's zero. Cuts are all cuts found, rising.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from engine.emotion.mapping import MU_MAX, mixture_mean, scale
from engine.emotion.perception import SOURCE, Perception, describe
from engine.emotion.words import Emotion, felt, meaning
from engine.errors import EmsyncError
from engine.section import Section


def split_sections(
    cuts: Sequence[float], duration: float, minimum: float = 15.0
) -> tuple[tuple[float, float], ...]:
    """The (start, end) of each section, contiguous from 0 to ``duration`` seconds.

    Sections meet at cuts and last at least ``minimum`` seconds. A shorter film is one section.
    """
    borders = [0.0]
    for cut in cuts:
        if cut - borders[-1] >= minimum and duration - cut >= minimum:
            borders.append(cut)
    return tuple(zip(borders, [*borders[1:], duration], strict=True))


def sections(
    perception: Perception,
    cuts: Sequence[float],
    duration: float,
    mu_max: float = MU_MAX,
    minimum: float = 15.0,
    alike: float = 0.15,
) -> tuple[Section, ...]:
    """The film's sections with their emotions, contiguous from 0 to ``duration`` seconds.

    mu_max: scales valence and arousal as in :func:`~engine.emotion.mapping.scale`. minimum: the
    shortest section in seconds. Neighbours whose valence and arousal both differ by less than
    ``alike`` are joined.
    """
    table = scale(mu_max)

    def perceive(start: float, end: float) -> Section:
        probabilities = describe(perception.features(start, end, cuts))
        valence, arousal = mixture_mean(probabilities, table)
        return Section(start, end, probabilities, valence, arousal, SOURCE)

    found = [perceive(*borders) for borders in split_sections(cuts, duration, minimum)]
    count = math.inf
    while len(found) < count:
        count = len(found)
        found = _join_alike(found, alike, perceive)
    return tuple(found)


def override(
    sections: Sequence[Section],
    emotion: str | None = None,
    valence: float | None = None,
    arousal: float | None = None,
    mu_max: float = MU_MAX,
) -> tuple[Section, ...]:
    """The sections with the user's emotion in place of the perceived one.

    One of Ekman's emotions gets probability 1, and valence and arousal are mapped from it.
    ``mu_max`` scales them. Another word has valence and arousal of its own and no probabilities
    (:data:`~engine.emotion.words.WORDS`). A given valence or arousal replaces that coordinate
    alone. Where both are given, the probabilities become empty.
    Raises EmsyncError for an unknown emotion or a value outside -1..1.
    """
    coordinates = {"valence": valence, "arousal": arousal}
    given = {name: value for name, value in coordinates.items() if value is not None}
    for name, value in given.items():
        if not -1 <= value <= 1:
            raise EmsyncError(f"{name} {value:g} is out of range: give a value from -1 to 1")
    changes: dict[str, Any] = dict(given)
    if emotion is not None:
        probabilities, point = meaning(emotion, mu_max)
        mapped = dict(zip(coordinates, point, strict=True))
        changes = mapped | changes | {"probabilities": probabilities}
    if len(given) == 2:
        changes["probabilities"] = {}
    if len(changes) > 1:
        return tuple(replace(s, **changes, source="user") for s in sections)
    return tuple(
        replace(s, **changes, source=", ".join([*(f"user ({name})" for name in given), s.source]))
        for s in sections
    )


def turned(
    sections: Sequence[Section], turns: Sequence[tuple[float, float | None, Emotion]]
) -> tuple[Section, ...]:
    """The sections with emotions that the user set at moments of the film.

    turns: the start, end and emotion of each, by start, in seconds. Without an end it lasts until
    the next one or the end of the film. Turns beyond the end of the film are left out.
    """
    found = list(sections)
    duration = found[-1].end if found else 0.0
    for place, (start, end, emotion) in enumerate(turns):
        following = turns[place + 1][0] if place + 1 < len(turns) else duration
        last = min(duration, following if end is None else end)
        if last > start:
            before = [replace(s, end=min(s.end, start)) for s in found if s.start < start]
            after = [replace(s, start=max(s.start, last)) for s in found if s.end > last]
            found = [*before, felt(start, last, emotion), *after]
    return tuple(found)


def _join_alike(
    found: Sequence[Section], alike: float, perceive: Callable[[float, float], Section]
) -> list[Section]:
    """The sections with pairs of alike neighbours joined.

    Joining pairs in several passes keeps the cost of a ten-hour film below the square of its
    length.
    """
    joined: list[Section] = []
    fresh = False
    for section in found:
        last = joined[-1] if joined and not fresh else None
        fresh = (
            last is not None
            and abs(last.valence - section.valence) < alike
            and abs(last.arousal - section.arousal) < alike
        )
        if last is not None and fresh:
            joined[-1] = perceive(last.start, section.end)
        else:
            joined.append(section)
    return joined
