"""The sections of a film: stretches between cuts with one emotion each.

Times are seconds from the score's zero. Cuts are all cuts found, rising.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.emotion.contrast import NAME as CONTRAST_NAME
from engine.emotion.contrast import Contrast, contrast, notable
from engine.emotion.experts.expert import FilmContext, Track
from engine.emotion.experts.look import NAME as LOOK
from engine.emotion.experts.titles import NAME as TITLES
from engine.emotion.fusion import CATEGORIES, Fused, MappingName, as_in_paper, fuse
from engine.emotion.fusion_features import film_features
from engine.emotion.fusion_network import FusionNetwork
from engine.emotion.mapping import MU_MAX
from engine.emotion.reading import Reading
from engine.emotion.scenes import scenes, units
from engine.emotion.words import Emotion, felt, meaning
from engine.errors import EmsyncError
from engine.section import Section

SHORTEST = 10.0
"""The least length of a section, in seconds."""
ALIKE = 0.15
"""Neighbours that lie nearer to each other on the plane are one section."""
UNIT = 4.0
"""The least length of what is read by itself before sections are formed, in seconds."""
CONTRAST, CONTRAST_ERROR = 0.35, 0.3
"""How far one deviation of activity from the film's median lies from its mean arousal, and the
error of that; both judged."""
STRETCH = 1.5
"""A mean over several sources draws to the middle of the plane. This opens the readings again, so
that unlike films lie about as far apart as songs of unlike moods do."""
MOST_EVIDENCE = 5
NOTHING_SEEN = "nothing"
"""``Section.source`` where no expert said anything."""


def sections(
    tracks: Mapping[str, Track],
    film: FilmContext,
    mapping: MappingName = "fusion",
    intensity: float = MU_MAX,
    shortest: float = SHORTEST,
    alike: float = ALIKE,
    network: Path | None = None,
) -> tuple[Section, ...]:
    """The film's sections with their emotions, contiguous from 0 to its duration.

    tracks: of the experts, by name. mapping: ``paper`` takes valence and arousal from the
    probabilities alone. intensity: how far emotions go, as ``mu_max`` of
    :func:`~engine.emotion.mapping.scale`. shortest: the least length of a section, in seconds.
    Neighbours that lie less than ``alike`` apart on the plane are one section. network: a trained
    fusion network, for the six probabilities. Raises EmsyncError if it can't be read.
    """
    loaded = None if network is None else FusionNetwork(network)
    reader = _Reader(tracks, film, mapping, intensity, loaded)
    borders = units(film.cuts, film.duration, UNIT)
    points = reader.learn(borders)
    edges = scenes(borders, points, shortest, alike)
    if len(edges) == 2:
        reader.contrast = None
    return tuple(reader.section(start, end) for start, end in pairwise(edges))


def sections_between(
    borders: Sequence[float], tracks: Mapping[str, Track], film: FilmContext
) -> tuple[Section, ...]:
    """The sections between given borders, rising from 0 to the film's duration."""
    reader = _Reader(tracks, film, "fusion", MU_MAX)
    reader.learn(borders)
    return tuple(reader.section(start, end) for start, end in pairwise(borders))


@dataclass(slots=True)
class _Reader:
    """Reads stretches of one film.

    contrast: the film's own scale of activity; None for a film of one section. mean: the film's
    mean arousal. Both are known once the film has been divided into units.
    """

    tracks: Mapping[str, Track]
    film: FilmContext
    mapping: MappingName
    intensity: float
    network: FusionNetwork | None = None
    contrast: Contrast | None = None
    mean: float = 0.0

    def learn(self, borders: Sequence[float]) -> Floats:
        """Learn the film's own scale from its units; returns the point of each [n, 2]."""
        stretches = list(pairwise(borders))
        seconds = [end - start for start, end in stretches]
        fused = [self.fused(*stretch, self.readings(*stretch)) for stretch in stretches]
        activities = [self.activity(*stretch) for stretch in stretches]
        self.contrast = contrast(borders, activities) if len(stretches) > 1 else None
        self.mean = float(np.average([each.point.arousal for each in fused], weights=seconds))
        points = [
            self.placed(each, self.deviations(*stretch))[:2]
            for each, stretch in zip(fused, stretches, strict=True)
        ]
        return np.array(points)

    def readings(self, start: float, end: float) -> dict[str, Reading]:
        """What each expert says of a stretch."""
        found = {name: track.reading(start, end, self.film) for name, track in self.tracks.items()}
        if LOOK in found and TITLES in found:
            # White letters on black are not grief: colour says nothing of titles.
            look, shown = found[LOOK], 1 - found[TITLES].confidence
            found[LOOK] = replace(look, confidence=look.confidence * shown)
        return found

    def fused(self, start: float, end: float, readings: Mapping[str, Reading]) -> Fused:
        """What the readings of a stretch say together."""
        if self.network is None:
            return fuse(readings)
        modalities = self.network.card.modalities
        features = film_features(self.tracks, start, end, self.film, modalities)
        return fuse(readings, self.network.probabilities(features))

    def deviations(self, start: float, end: float) -> Mapping[str, float]:
        """How each measure of activity in a stretch stands to the film's median."""
        return self.contrast.between(start, end) if self.contrast else {}

    def activity(self, start: float, end: float) -> dict[str, float]:
        """All measures of activity in a stretch."""
        found: dict[str, float] = {}
        for track in self.tracks.values():
            found |= track.activity(start, end, self.film)
        return found

    def placed(
        self, fused: Fused, deviations: Mapping[str, float]
    ) -> tuple[float, float, Mapping[str, float]]:
        """Valence, arousal and the sources of the arousal, with the film's contrast."""
        if self.mapping == "paper":
            whole = as_in_paper(fused.probabilities, self.intensity)
            return whole.valence, whole.arousal, {CATEGORIES: 1.0}
        factor = STRETCH * self.intensity / MU_MAX
        point, shares = fused.point, dict(fused.arousal_from)
        arousal = point.arousal
        if deviations:
            # The contrast is another Gaussian, round the film's own mean.
            precision, own = 1 / CONTRAST_ERROR**2, 1 / point.arousal_sd**2
            share = precision / (precision + own)
            arousal += share * (self.mean + CONTRAST * fmean(deviations.values()) - arousal)
            shares = {name: each * (1 - share) for name, each in shares.items()}
            shares[CONTRAST_NAME] = share
        valence, arousal = (
            float(np.clip(factor * value, -1, 1)) for value in (point.valence, arousal)
        )
        return valence, arousal, shares

    def section(self, start: float, end: float) -> Section:
        """The section from ``start`` to ``end`` seconds."""
        readings, deviations = self.readings(start, end), self.deviations(start, end)
        fused = self.fused(start, end, readings)
        valence, arousal, shares = self.placed(fused, deviations)
        spoke = [name for name, reading in readings.items() if reading.confidence > 0]
        evidence = [each for reading in readings.values() for each in reading.evidence]
        if self.mapping != "paper":
            evidence += notable(start, deviations)
        evidence.sort(key=lambda each: (-each.weight, each.time))
        return Section(
            start,
            end,
            fused.probabilities,
            valence,
            arousal,
            ", ".join(spoke) or NOTHING_SEEN,
            tuple(evidence[:MOST_EVIDENCE]),
            {name: round(share, 3) for name, share in shares.items()},
        )


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
