"""Cue sheets without a film, random ones, and what holds for every plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import parse_key
from engine.plan.form import BARS_A_MINUTE
from engine.plan.harmony import progressions, symbols, transposed
from engine.plan.last_chord import RING
from engine.plan.plan import FEELS, SAME_TIME, TIME_SIGNATURES, Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.timing import Timing
from engine.score import Instrument
from engine.section import Section

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


@pytest.fixture(scope="session")
def tonic() -> Callable[[str], str]:
    """The chord symbol of a key's tonic."""
    return _tonic


@pytest.fixture(scope="session")
def chords_of() -> Callable[[Plan], list[str]]:
    """The chords of every bar of a plan."""
    return _chords


@pytest.fixture(scope="session")
def check() -> Callable[[Plan, CueSheet, PlanOptions], None]:
    """Asserts what holds for every planned piece."""
    return _check


def _tonic(key: str) -> str:
    """The tonic's chord symbol."""
    index = int(parse_key(key))
    return symbols(transposed((progressions(index >= 12).tonic,), index), index)[0]


def _lengths(plan: Plan) -> list[int]:
    """The bars of each phrase."""
    starts = [*(phrase.bar for phrase in plan.phrases), len(plan.bar_lines()) + 1]
    return np.diff(starts).tolist()


def _chords(plan: Plan) -> list[str]:
    """The chords of every bar."""
    return [
        phrase.chords[bar % len(phrase.chords)]
        for phrase, bars in zip(plan.phrases, _lengths(plan), strict=True)
        for bar in range(bars)
    ]


def _bend(plan: Plan, tempo: float) -> float:
    """The most that a stretch between two points differs from a tempo, as a share."""
    rates = [60 * plan.quarters * (b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(plan.points)]
    return max(abs(tempo / rate - 1) for rate in rates)


def _check(plan: Plan, cues: CueSheet, options: PlanOptions) -> None:
    """What holds for every planned piece."""
    assert plan.duration == cues.duration
    assert all(math.isfinite(seconds) for _, seconds in plan.points)
    # The last chord: within the film, the tonic, and nothing after it.
    assert plan.last_chord is not None
    left = plan.duration - plan.seconds_at(plan.last_chord)
    on_boundary = any(
        abs(plan.duration - boundary - left) < SAME_TIME for boundary in cues.boundaries
    )
    assert plan.last_chord == 0 or left >= RING - 1e-9 or on_boundary
    arrangement, timing = Timing(plan).arrangement, Timing(plan)
    last = plan.last_chord * timing.beat
    name = _tonic(plan.phrases[-1].key)
    assert arrangement.chord_at(last) == parse_chord(name)
    assert arrangement.chords[-1][0] <= last
    # Phrases cover the film, and each says who plays what.
    assert plan.phrases[0].bar == 1 and plan.phrases[-1].bar <= plan.bar_at(plan.last_chord)
    assert [len(phrase.chords) for phrase in plan.phrases] == _lengths(plan)
    wanted = min(BARS_A_MINUTE * plan.duration / 60, len(plan.bar_lines()))
    for instrument in options.instruments:
        played = sum(
            bars
            for phrase, bars in zip(plan.phrases, _lengths(plan), strict=True)
            if instrument in phrase.instruments
        )
        assert played >= wanted - 1e-9
    assert all({*phrase.instruments} <= {*options.instruments} for phrase in plan.phrases)
    # What the user fixed.
    signature = TIME_SIGNATURES[options.time_signature or "4/4"]
    assert plan.beat == signature.beat and plan.feel == (options.feel or "straight")
    if options.bpm is not None:
        assert _bend(plan, options.bpm) < 1e-5
    if options.density is not None:
        assert {phrase.density for phrase in plan.phrases} == {options.density}
    if options.key is not None:
        assert {parse_key(phrase.key) for phrase in plan.phrases} == {parse_key(options.key)}


@pytest.fixture(scope="session")
def bend() -> Callable[[Plan, float], float]:
    """The most that a stretch between two points differs from a tempo, as a share."""
    return _bend
