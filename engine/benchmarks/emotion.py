"""How films differ in what is read from them, and what the experts cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from engine.analysis import analyze, measure
from engine.benchmarks.emotion_films import arcs, draw, unlike_films
from engine.benchmarks.measures import Line, Section, Task, in_turns
from engine.emotion.curve import sections_between
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.registry import chosen
from engine.metrics.statistics import spearman
from engine.video.cuts import find_cuts
from engine.video.reader import open_video

_BUNNY = "big-buck-bunny-30s.mp4"
_BUNNY_BORDERS, _BUNNY_RANKS = (11.875, 15.75, 23.042), (1, 0, 3, 2)
"""The meadow, the brook, the bird that sings and falls off, the title: ordered by hand."""


def emotion(folder: Path, films: Path | None, quick: bool) -> Section:
    """The spread of 20 unlike films, and the order of scenes within five.

    folder: for the drawn films. films: a folder with Big Buck Bunny, which takes part if it is
    there.
    """
    points = []
    for number, film in enumerate(unlike_films(6.0 if quick else 12.0)):
        path = folder / f"unlike-{number}.mp4"
        draw(film, path)
        cues = analyze(path)
        lengths = [each.end - each.start for each in cues.sections]
        points.append(
            np.average([(s.valence, s.arousal) for s in cues.sections], axis=0, weights=lengths)
        )
        path.unlink()
    spread = np.std(points, axis=0)
    orders = []
    for number, film in enumerate(arcs()):
        path = folder / f"arc-{number}.mp4"
        draw(film, path)
        orders.append(_order(path, film.borders, film.ranks))
        path.unlink()
    if films is not None and (films / _BUNNY).exists():
        orders.append(_order(films / _BUNNY, _BUNNY_BORDERS, _BUNNY_RANKS))
    names = ", ".join(expert.name for expert in chosen())
    return Section(
        f"Emotion, read by {names}",
        (
            Line(
                "standard deviation of arousal over 20 unlike films", float(spread[1]), "", 0.25,
                "at least", "drawn by the demo's code: seven scenes, three paces",
            ),
            Line("standard deviation of valence", float(spread[0])),
            Line(
                f"order of scenes by arousal, {len(orders)} films", float(np.mean(orders)), "", 0.6,
                "at least", "mean of Spearman's r against an order made by hand",
            ),
            Line("the lowest of them", float(min(orders))),
        ),
    )  # fmt: skip


def cost(film: Path, rounds: int) -> Section:
    """What the experts add to the analysis of a film, as a share of the film's length."""
    names = [expert.name for expert in chosen()]
    tasks: dict[str, Task] = {"look": partial(measure, film, experts=("look",))}
    for name in names[1:]:
        tasks[f"look and {name}"] = partial(measure, film, experts=("look", name))
    tasks["all"] = partial(measure, film)
    times = in_turns(tasks, rounds)
    video = open_video(film).video
    lines = [
        Line(name, median(seconds) / video.duration, "x", *((0.5,) if name == "all" else ()))
        for name, seconds in times.items()
    ]
    return Section(
        f"Analysis over the film's length, {video.width} x {video.height}, {video.duration:.0f} s",
        tuple(lines),
    )


def _order(path: Path, borders: Sequence[float], ranks: Sequence[int]) -> float:
    """How well the arousal of scenes is in order. borders: where scenes part, in seconds."""
    measured = measure(path)
    duration = measured.end - measured.start
    cuts = [cut.time for cut in find_cuts(measured.curve)]
    film = FilmContext(cuts, duration)
    read = sections_between((0.0, *borders, duration), measured.tracks, film)
    return spearman([section.arousal for section in read], ranks)
