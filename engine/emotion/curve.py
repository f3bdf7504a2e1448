"""The curve of a film's emotion: from what its experts observed to sections.

Stretches between cuts are read one by one, compared with each other, and joined to scenes. Times
are seconds from the score's zero. Cuts are all cuts found, rising.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import fmean

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
"""A mean over several sources draws to the middle of the plane. This opens the readings again. It
changes no order, so it makes no reading more right; it is judged."""
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
