"""How well the default analysis reads the emotion of labelled films, and what each expert adds."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.analysis import cue_sheet, measure
from engine.arrays import Floats, Ints
from engine.emotion.calibration import (
    UNIFORM_LOSS,
    calibration_error,
    confusion,
    fit_temperature,
    hits,
    log_loss,
    log_losses,
    reliability,
)
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.registry import chosen
from engine.emotion.fusion import pool
from engine.emotion.labels import LabelledFilm
from engine.errors import EmsyncError
from engine.measurements import Measurements
from engine.metrics.statistics import Json, estimate, pearson
from engine.section import EKMAN, Section

AXES = ("valence", "arousal")


@dataclass(frozen=True, slots=True)
class FilmReading:
    """What is read from a labelled film.

    probabilities, valence, arousal: of the default analysis, averaged over the film's sections by
    their length. alone: the probabilities of each expert by itself. without: those of the default
    analysis without it; none for the only expert of a film.
    """

    film: LabelledFilm
    probabilities: Mapping[str, float]
    valence: float
    arousal: float
    alone: Mapping[str, Mapping[str, float]]
    without: Mapping[str, Mapping[str, float]]


def read_films(
    films: Sequence[LabelledFilm],
    experts: Collection[str] | None = None,
    skipped: Callable[[str], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[FilmReading]:
    """Analyze labelled films with the product's defaults.

    experts: names; None takes all that are installed. skipped: receives a line for each film that
    can't be analyzed. progress: receives the number of films done, with parts. Raises EmsyncError
    if none can, and for an unknown expert.
    """
    chosen(experts)
    found = []
    for number, film in enumerate(films):

        def show(share: float, before: int = number) -> None:
            if progress is not None:
                progress(before + share)

        try:
            found.append(read_film(film, measure(film.path, progress=show, experts=experts)))
        except EmsyncError as error:
            if skipped is not None:
                skipped(f"{error}; left out")
    if not found:
        raise EmsyncError("none of the films can be analyzed; see the lines above")
    return found


def read_film(film: LabelledFilm, measured: Measurements) -> FilmReading:
    """What is read from a film that was measured."""
    sheet = cue_sheet(measured)
    whole = _average(sheet.sections)
    cuts = tuple(cut.time for cut in sheet.cuts)
    context = FilmContext(cuts, measured.end - measured.start)
    alone, without = {}, {}
    for name, track in measured.tracks.items():
        alone[name] = pool({name: track.reading(0.0, context.duration, context)})
        others = {other: t for other, t in measured.tracks.items() if other != name}
        if others:
            without[name] = _average(cue_sheet(replace(measured, tracks=others)).sections)[0]
    return FilmReading(film, *whole, alone, without)


def _average(sections: Sequence[Section]) -> tuple[dict[str, float], float, float]:
    """Probabilities, valence and arousal of a film's sections, weighted by their length."""
    lengths = [section.end - section.start for section in sections]
    rows = [[section.probabilities[name] for name in EKMAN] for section in sections]
    mean = np.average(rows, axis=0, weights=lengths)
    valence, arousal = (
        float(np.average([getattr(section, axis) for section in sections], weights=lengths))
        for axis in AXES
    )
    return dict(zip(EKMAN, mean.tolist(), strict=True)), valence, arousal


def evaluate(readings: Sequence[FilmReading], seed: int = 0) -> Json:
    """The report: categories, the two axes, each expert's part, and every film.

    Every figure has its n; intervals are of 95%, by bootstrap over films.
    """
    rng = np.random.default_rng(seed)
    known = [reading for reading in readings if reading.film.emotion is not None]
    return {
        "films": len(readings),
        "categories": _categories(known, rng) if known else None,
        "axes": {axis: _axis(readings, axis, rng) for axis in AXES},
        "experts": _experts(known),
        "each": [_entry(reading) for reading in readings],
    }


def table(report: Mapping[str, Any]) -> Iterator[str]:
    """The report as lines for a person."""
    found = report["categories"]
    if found:
        yield f"films with an emotion: {found['log_loss']['n']}"
        yield f"log loss    {_figure(found['log_loss'])}; a guess has {found['uniform']:.3f}"
        yield f"top-1       {_figure(found['top_1'])}; a guess has {1 / len(EKMAN):.3f}"
        yield f"calibration error {found['calibration_error']:.3f}"
        yield f"best temperature  {found['temperature']:.2f}"
        yield f"{'true, read as':<14}" + "".join(f"{name:>10}" for name in EKMAN)
        for name, row in found["confusion"].items():
            yield f"{name:<14}" + "".join(f"{count:>10}" for count in row)
    for axis, entry in report["axes"].items():
        line = f"{axis:<9} standard deviation {entry['spread']:.3f} over {entry['n']} films"
        if entry["labelled"]:
            line += f"; of {entry['labelled']} labels: r {_figure(entry['pearson'])}, "
            line += f"mean error {entry['error']:.3f}"
        yield line
    for name, entry in report["experts"].items():
        without = "" if entry["without"] is None else f", all but it {entry['without']:.3f}"
        yield f"{name:<9} alone: log loss {entry['alone']:.3f}{without} (n {entry['n']})"


def _figure(entry: Mapping[str, Any]) -> str:
    low, high = entry["interval"]
    return f"{entry['value']:.3f} ({low:.3f} to {high:.3f}, n {entry['n']})"


def _categories(known: Sequence[FilmReading], rng: np.random.Generator) -> Json:
    probabilities, true = _rows([r.probabilities for r in known]), _labels(known)
    bins = reliability(probabilities, true)
    return {
        "log_loss": estimate(_mean, log_losses(probabilities, true), rng=rng),
        "uniform": UNIFORM_LOSS,
        "top_1": estimate(_mean, hits(probabilities, true), rng=rng),
        "confusion": dict(zip(EKMAN, confusion(probabilities, true).tolist(), strict=True)),
        "calibration_error": calibration_error(bins),
        "reliability": [asdict(entry) for entry in bins],
        "temperature": fit_temperature(probabilities, true),
    }


def _axis(readings: Sequence[FilmReading], axis: str, rng: np.random.Generator) -> Json:
    """The spread of what is read, and how it goes with the labels where there are any."""
    read = np.array([getattr(reading, axis) for reading in readings])
    true = np.array([getattr(reading.film, axis) for reading in readings])
    labelled = ~np.isnan(true)
    count = int(labelled.sum())
    entry: Json = {"spread": float(read.std()), "n": len(read), "labelled": count}
    if count:
        entry["pearson"] = estimate(pearson, true[labelled], read[labelled], rng=rng)
        entry["error"] = float(np.abs(read - true)[labelled].mean())
    return entry


def _experts(known: Sequence[FilmReading]) -> Json:
    """The log loss of each expert by itself, and of all the others together."""
    names = {name: None for reading in known for name in reading.alone}
    found: Json = {}
    for name in names:
        own = [reading for reading in known if name in reading.alone]
        others = [reading for reading in own if name in reading.without]
        found[name] = {
            "n": len(own),
            "alone": log_loss(_rows([r.alone[name] for r in own]), _labels(own)),
            "without": (
                log_loss(_rows([r.without[name] for r in others]), _labels(others))
                if others
                else None
            ),
        }
    return found


def _entry(reading: FilmReading) -> Json:
    film = reading.film
    labels = {
        "emotion": film.emotion,
        **{axis: None if math.isnan(getattr(film, axis)) else getattr(film, axis) for axis in AXES},
    }
    read = {"valence": reading.valence, "arousal": reading.arousal}
    return {
        "file": Path(film.path).name,
        "labels": labels,
        "read": {"probabilities": dict(reading.probabilities), **read},
    }


def _rows(found: Sequence[Mapping[str, float]]) -> Floats:
    return np.array([[probabilities[name] for name in EKMAN] for probabilities in found])


def _labels(readings: Sequence[FilmReading]) -> Ints:
    return np.array([EKMAN.index(r.film.emotion) for r in readings if r.film.emotion], np.int64)


def _mean(values: Floats) -> float:
    return float(np.mean(values))
