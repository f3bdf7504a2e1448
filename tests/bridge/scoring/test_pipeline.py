from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bridge.scoring.context import ScoringContext
from bridge.scoring.network import NetworkOptions
from bridge.scoring.pipeline import score_film
from bridge.scoring.request import Request
from engine.errors import EmsyncError
from engine.plan.json_form import read_plan, to_json
from engine.plan.plan import Phrase, Plan
from engine.score import Instrument

from .follower import Follower


class Phases:
    """Records the phases and their progress."""

    def __init__(self) -> None:
        self.entered: list[str] = []
        self.shares: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[Callable[[float], None]]:
        self.entered.append(phase)
        yield self.shares.setdefault(phase, []).append


def test_a_film_becomes_a_folder_and_each_stage_reports_its_progress(clip, network_file, tmp_path):
    phases = Phases()
    network = NetworkOptions(network_file, "cpu", 1)
    cues, report = score_film(
        Request(str(clip), takes=2), ScoringContext(network.load, tmp_path, phases)
    )
    assert phases.entered == ["analyzing", "composing", "rendering"]
    for shares in phases.shares.values():
        assert shares == sorted(shares)
        assert 0.9 < shares[-1] <= 1.0
    plan = read_plan(tmp_path / "plan.json")
    assert plan == Request(str(clip)).plan_for(cues)
    assert plan.met(cues.boundaries) == (2, 2)
    assert (tmp_path / "score.svg").read_text().startswith("<svg")
    written = json.loads((tmp_path / "report.json").read_text())
    assert len(written["takes"]["ratings"]) == len(report.takes.takes) == 2
    assert json.loads((tmp_path / "cues.json").read_text())["boundaries"] == list(cues.boundaries)


def test_who_follows_a_piece_gets_the_cue_sheet_first_and_then_all_notes(
    clip, network_file, tmp_path
):
    received = []

    def follow(cues):
        assert (tmp_path / "cues.json").exists() and (tmp_path / "plan.json").exists()
        received.append(cues.duration)
        return lambda notes, chords, until: received.extend(notes)

    load = NetworkOptions(network_file, "cpu", 1).load
    _, report = score_film(
        Request(str(clip), live=True), ScoringContext(load, tmp_path, Phases()), Follower(follow)
    )
    assert len(report.takes.takes) == 1  # a live piece has one take
    assert received[0] == pytest.approx(9.0, abs=0.1)
    assert len(received) - 1 == sum(report.notes.values())


def test_a_network_that_is_missing_is_reported_before_anything_is_written(clip, tmp_path):
    load = NetworkOptions(tmp_path / "none.safetensors").load
    with pytest.raises(EmsyncError, match=r"none.safetensors: no such network"):
        score_film(Request(str(clip)), ScoringContext(load, tmp_path, Phases()))
    assert list(tmp_path.iterdir()) == []


def test_a_planned_piece_has_the_plans_tempo_and_is_followed_in_film_time(
    clip, network_file, tmp_path
):
    plan = Plan(9.0, ((0, 0.0), (8, 4.1), (18, 9.1)), (4, 4, 4, 4, 4))
    received = []
    load = NetworkOptions(network_file, "cpu", 1).load
    request = Request(str(clip), live=True, plan=plan)
    _, report = score_film(
        request,
        ScoringContext(load, tmp_path, Phases()),
        Follower(lambda cues: lambda *given: received.append(given)),
    )
    assert report.tempo == pytest.approx(8 / 4.1 * 60, abs=0.01)
    assert report.grid == 1.0
    assert received[-1][2] == 9.0
    notes = [note for notes, _, _ in received for note in notes]
    assert len(notes) == sum(report.notes.values())


def test_a_piece_in_free_time_leaves_no_plan(clip, network_file, tmp_path):
    (tmp_path / "plan.json").write_text("of an earlier piece")
    load = NetworkOptions(network_file, "cpu", 1).load
    cues, _ = score_film(
        Request(str(clip), takes=1, free=True), ScoringContext(load, tmp_path, Phases())
    )
    assert not (tmp_path / "plan.json").exists()
    assert cues.duration == pytest.approx(9.0, abs=0.1)
    assert (tmp_path / "score.mid").exists() and (tmp_path / "score.svg").exists()


def test_the_warning_that_no_chord_can_land_is_about_the_plans_players(
    clip, network_file, tmp_path
):
    phrase = Phrase(1, "A", "C major", (Instrument.DRUMS,), 8.0, "mf")
    plan = Plan(9.0, ((0, 0.0), (18, 9.0)), (4,), phrases=(phrase,))
    load = NetworkOptions(network_file, "cpu", 1).load
    with pytest.warns(UserWarning, match="no chord can land on a boundary"):
        score_film(Request(str(clip), takes=1, plan=plan), ScoringContext(load, tmp_path, Phases()))
    assert read_plan(tmp_path / "plan.json") == plan
    assert (tmp_path / "plan.json").read_text() == to_json(plan)
