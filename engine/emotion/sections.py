"""Sections with the emotions that the user gave, in place of those that were perceived.

Times are seconds from the score's zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.emotion.mapping import MU_MAX
from engine.emotion.words import Emotion, felt, meaning
from engine.errors import EmsyncError
from engine.section import Section


def override(
    sections: Sequence[Section],
    emotion: str | None = None,
    valence: float | None = None,
    arousal: float | None = None,
    mu_max: float = MU_MAX,
) -> tuple[Section, ...]:
    """The sections with the user's emotion in place of the perceived one.

    One of Ekman's emotions gets probability 1, and valence and arousal are mapped from it. Another
    word has valence and arousal of its own and no probabilities
    (:data:`~engine.emotion.words.WORDS`). ``mu_max`` scales them. A given valence or arousal
    replaces that coordinate alone. Where both are given, the probabilities become empty.
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
        changes |= {"source": "user", "evidence": (), "arousal_from": {}}
        changes["word"] = emotion if emotion is not None and not given else ""
        return tuple(replace(s, **changes) for s in sections)
    return tuple(
        replace(
            s,
            **changes,
            source=", ".join([*(f"user ({name})" for name in given), s.source]),
            word=s.word if not given else "",
        )
        for s in sections
    )


def turned(
    sections: Sequence[Section],
    turns: Sequence[tuple[float, float | None, Emotion]],
    mu_max: float = MU_MAX,
) -> tuple[Section, ...]:
    """The sections with emotions that the user set at moments of the film.

    turns: the start, end and emotion of each, by start, in seconds. Without an end it lasts until
    the next one or the end of the film. Turns beyond the end of the film are left out. mu_max:
    scales the points of words.
    """
    found = list(sections)
    duration = found[-1].end if found else 0.0
    for place, (start, end, emotion) in enumerate(turns):
        following = turns[place + 1][0] if place + 1 < len(turns) else duration
        last = min(duration, following if end is None else end)
        if last > start:
            before = [replace(s, end=min(s.end, start)) for s in found if s.start < start]
            after = [replace(s, start=max(s.start, last)) for s in found if s.end > last]
            found = [*before, felt(start, last, emotion, mu_max), *after]
    return tuple(found)
