"""Other hits for a finished score: the bars around them are new, all others stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.hits import Hit, hits_at
from engine.plan.plan import Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.recut.music import OldMusic, kept_music
from engine.rescore.moved_hits import NewHits, changed_times, plan_hits
from engine.score import Instrument, Note
from engine.section import Section

SECONDS = 60.0
TIMES = (0.0, 9.0, 20.0, 31.5, 44.0, 52.0)


@pytest.fixture(scope="module")
def cues() -> CueSheet:
    sections = (Section(0.0, SECONDS, {}, -0.3, 0.4, "user"),)
    video = Video("film.mp4", SECONDS, 24.0, 64, 36)
    return CueSheet(video, 0.0, SECONDS, (), hits_at(TIMES), sections)


@pytest.fixture(scope="module")
def plan(cues) -> Plan:
    return plan_piece(cues, PlanOptions())


def moved(at: int, by: float) -> tuple[Hit, ...]:
    return hits_at(sorted([*TIMES[:at], TIMES[at] + by, *TIMES[at + 1 :]]))


def new_seconds(found: NewHits) -> float:
    return sum(region.end - region.start for region in found.regions)


def test_a_moved_hit_changes_the_bars_around_it_alone(plan, cues):
    found = plan_hits(plan, cues, moved(2, 0.75))
    new = found.new.plan
    assert new.met(found.cues.boundaries) == (6, 6)
    (region,) = found.regions
    assert region.start < 20.0 < 20.75 < region.end
    assert new_seconds(found) < 12.0
    # Kept bars stay at their times, so the film and the music still agree.
    for bars in found.new.kept:
        assert new.seconds_at(bars.new) == pytest.approx(plan.seconds_at(bars.old), abs=1e-6)


@given(at=st.integers(1, 5), by=st.floats(-3.0, 3.0), seed=st.integers(0, 9))
def test_whatever_moves_the_kept_music_lies_still(plan, cues, at, by, seed):
    hits = moved(at, round(24 * by) / 24)
    if not changed_times(cues.hits, hits):
        return
    found = plan_hits(plan, cues, hits, seed=seed)
    assert found.new.plan.duration == plan.duration
    edges = [edge for span in found.new.spans for edge in span]
    assert edges == sorted(edges)
    old = OldMusic(notes(plan), (), notes(plan))
    given_notes = kept_music(old, plan, found.new).given.notes
    before = {(note.instrument, note.pitch, note.velocity) for note in old.notes}
    assert {(note.instrument, note.pitch, note.velocity) for note in given_notes} <= before
    spans = found.new.spans
    inside = [n for n in seconds(plan) if any(a <= n + 1e-4 < b - 1e-3 for a, b in spans)]
    for at_ in inside:
        assert min(abs(note.onset - at_) for note in given_notes) < 0.003


def notes(plan: Plan) -> tuple[Note, ...]:
    """A note on every beat, in quarter notes, each of another pitch and velocity."""
    beats = range(plan.last_chord or 0)
    return tuple(Note(Instrument.DRUMS, n, n + 0.5, 36 + n % 40, 40 + n % 60) for n in beats)


def seconds(plan: Plan) -> list[float]:
    return [plan.seconds_at(note.onset) for note in notes(plan)]


def test_a_stretch_bounds_what_is_new(plan, cues):
    found = plan_hits(plan, cues, moved(2, 1.0), (12.0, 30.0))
    (region,) = found.regions
    bar = 4 * 60 / plan.tempo
    assert 12.0 - bar < region.start <= 12.0 and 30.0 <= region.end < 30.0 + bar
    with pytest.raises(EmsyncError, match=r"one differs at 20.000 s, outside from 30 to 44"):
        plan_hits(plan, cues, moved(2, 1.0), (30.0, 44.0))


def test_a_name_is_no_change_but_a_weight_is(plan, cues):
    named = tuple(replace(hit, label=f"hit at {hit.seconds:g}") for hit in cues.hits)
    assert changed_times(cues.hits, named) == ()
    with pytest.raises(EmsyncError, match="they are those of the old score"):
        plan_hits(plan, cues, named)
    heavier = (*cues.hits[:3], replace(cues.hits[3], must=False), *cues.hits[4:])
    assert changed_times(cues.hits, heavier) == (31.5,)


def test_hits_around_which_nothing_can_stay_are_refused(plan, cues):
    everywhere = hits_at([n + 0.3 for n in range(0, 59, 2)])
    with pytest.raises(EmsyncError, match="no bars can stay around them"):
        plan_hits(plan, cues, everywhere)
    with pytest.raises(EmsyncError, match=r"61 s is beyond the end, 60\.000 s"):
        plan_hits(plan, cues, hits_at([61.0]))
