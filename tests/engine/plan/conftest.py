"""Cue sheets without a film, and random ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st

from engine.cues import CueSheet, Section, Video
from engine.hits import hits_at
from engine.plan.plan import FEELS, TIME_SIGNATURES
from engine.plan.planner import PlanOptions
from engine.score import Instrument

Sheet = Callable[..., CueSheet]


def make_sheet(
    duration: float,
    boundaries: Iterable[float] = (),
    *emotions: tuple[float, float],
    changes: Iterable[float] | None = None,
) -> CueSheet:
    """A cue sheet whose sections have these valences and arousals.

    changes: the times at which a section follows another; by default all are equally long.
    """
    emotions = emotions or ((0.1, 0.2),)
    count = len(emotions)
    if changes is None:
        changes = [duration * number / count for number in range(1, count)]
    times = [0.0, *changes, duration]
    sections = tuple(
        Section(start, end, {}, valence, arousal, "user")
        for (start, end), (valence, arousal) in zip(pairwise(times), emotions, strict=True)
    )
    film = Video("film.mp4", duration, 24.0, 64, 36)
    return CueSheet(film, 0.0, duration, (), hits_at(boundaries), sections)


@pytest.fixture(scope="session")
def sheet() -> Sheet:
    """Makes a cue sheet: ``sheet(60.0, [0.0, 7.3], (0.5, -0.2), (0.1, 0.4))``."""
    return make_sheet


@pytest.fixture(scope="session")
def cue_sheets() -> st.SearchStrategy[CueSheet]:
    """Films of .05 s to two minutes. Boundaries may be as near as they like, on frames or not."""
    coordinate = st.floats(-1.0, 1.0) | st.just(math.nan)
    emotions = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=6)

    def within(duration: float) -> st.SearchStrategy[CueSheet]:
        frames = st.integers(0, int(duration * 24)).map(lambda frame: frame / 24)
        tenths = st.integers(0, int(duration * 10)).map(lambda tenth: tenth / 10)
        anywhere = st.floats(0.0, duration)
        times = frames | tenths | anywhere | st.sampled_from([0.0, duration])
        dense = st.just([n / 10 for n in range(int(min(duration, 20.0) * 10) + 1)])
        boundaries = (st.lists(times, max_size=30) | dense).map(lambda found: sorted({*found}))
        # Sections as short as a frame.
        lengths = st.lists(st.floats(0.04, 1.0), min_size=6, max_size=6)
        return st.builds(
            lambda marks, found, parts: make_sheet(
                duration,
                [mark for mark in marks if mark <= duration],
                *found,
                changes=[
                    duration * sum(parts[:number]) / sum(parts[: len(found)])
                    for number in range(1, len(found))
                ],
            ),
            boundaries,
            emotions,
            lengths,
        )

    durations = st.sampled_from([0.5, 2.0, 10.0, 60.0]) | st.floats(0.05, 120.0)
    return durations.flatmap(within)


@pytest.fixture(scope="session")
def plan_options() -> st.SearchStrategy[PlanOptions]:
    """What a user may fix, all at once."""
    instruments = st.sets(st.sampled_from(Instrument), min_size=1).map(
        lambda chosen: tuple(i for i in Instrument if i in chosen)
    )
    chords = st.sampled_from([(), ("Am", "F", "C", "G"), ("Am", "F G", "C/E", "Dm7 G7 E A")])
    options = st.builds(
        dict,
        seed=st.integers(0, 2**63 - 1),
        instruments=instruments,
        bpm=st.none() | st.sampled_from([30.0, 98.7, 300.0]) | st.floats(30.0, 300.0),
        time_signature=st.none() | st.sampled_from(sorted(TIME_SIGNATURES)),
        feel=st.none() | st.sampled_from(sorted(FEELS)),
        key=st.none() | st.sampled_from(["A minor", "Bb", "F#m"]),
        density=st.none() | st.floats(0.5, 40.0),
        chords=chords,
    )

    def possible(found: dict[str, Any]) -> PlanOptions:
        """A swung or triplet feel divides quarter notes, and a chord needs a beat."""
        signature = TIME_SIGNATURES[found["time_signature"] or "4/4"]
        if signature.beat != "quarter":
            found["feel"] = None
        bars = (bar.split()[: signature.beats] for bar in found["chords"])
        return PlanOptions(**{**found, "chords": tuple(map(" ".join, bars))})

    return options.map(possible)
