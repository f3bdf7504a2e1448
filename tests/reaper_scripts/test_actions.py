"""Whole actions: the changes in the project, and the messages."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from bridge.cli.client import arguments
from bridge.scoring.request_json import parse_request
from bridge.server.jobs import State
from engine.plan.json_form import to_json

from .project_checks import IMPORT, NAMES, RECORD, assert_is_the_score, untouched
from .stand_in.reaper import SCRIPTS
from .stand_in.server import PLAN


def test_stems_are_imported_without_playing(reaper, server):
    assert reaper.run(IMPORT) == ""
    assert_is_the_score(reaper, server, 0.001)
    assert "play" not in [words[0] for words in server.asked]
    assert len(reaper.undo) == 1


@pytest.fixture
def beside(reaper, tmp_path):
    """Write a plan beside the film; returns its path."""
    film = tmp_path / "it's ünser film.mp4"
    reaper.film.take.source.path = str(film)
    path = Path(f"{film}.plan.json")
    path.write_text(to_json(PLAN), encoding="utf-8")
    reaper.files = {str(path)}
    return path


def test_a_plan_beside_the_film_is_submitted(reaper, server, beside):
    reaper.run(IMPORT)
    assert parse_request(server.jobs[0].fields).plan == PLAN
    assert_is_the_score(reaper, server, 0.001)


def test_a_plan_that_does_not_fit_is_named(reaper, server, beside):
    server.steps = [State.QUEUED, State.FAILED]
    server.fault = "plan: it lasts 9.000 s, but the film 8.000 s; plan this film again"
    assert reaper.run(IMPORT) == (
        f"Nothing was composed for {beside} (failed): "
        "plan: it lasts 9.000 s, but the film 8.000 s; plan this film again."
    )
    assert untouched(reaper)


def test_a_plan_that_is_no_json_is_named(reaper, beside):
    beside.write_text("{")
    assert reaper.run(IMPORT) == f"{beside}: is not JSON; make it again by `emsync plan`."


def test_all_requests_are_valid_for_the_client(reaper, server):
    reaper.film.take.values["D_STARTOFFS"] = 1.25
    reaper.film.take.source.length = 60.0
    reaper.run(RECORD)
    parser = ArgumentParser()
    arguments(parser)
    asked = [parser.parse_args(words) for words in server.asked]
    request = parse_request(server.jobs[0].fields)
    assert request.video == "/films/it's ünser film.mp4"
    assert (request.start, request.end) == (1.25, 9.25)
    assert [one.action for one in asked] == ["hello", "request", "files", "loop", "play"]


def test_each_piece_has_a_seed_of_its_own(reaper, server):
    for _ in range(3):
        reaper.run(IMPORT)
        reaper.tracks[1:] = []
        reaper.tempo_map.marks.clear()
    assert len({job.fields["seed"] for job in server.jobs}) == 3
    assert all(0 <= job.fields["seed"] < 2**31 for job in server.jobs)


def test_without_a_selected_film_nothing_is_changed(reaper):
    reaper.selected = []
    assert "Select the film's item" in reaper.run(RECORD)
    assert untouched(reaper)


def test_a_film_that_changed_while_composing_is_refused(reaper):
    reaper.later.append((101.0, lambda: reaper.film.values.update(D_LENGTH=4.0)))
    assert "was changed" in reaper.run(IMPORT)
    assert untouched(reaper)


def test_closing_the_window_cancels_the_job(reaper, server):
    reaper.closes_at = 101.5
    assert reaper.run(RECORD) == "Cancelled."
    assert server.asked[-1] == ["cancel", "6b9b61d76d54"]
    assert untouched(reaper)


def test_a_failed_job_is_reported_with_its_reason(reaper, server):
    server.steps, server.fault = [State.QUEUED, State.FAILED], "film.mp4: has no video"
    assert reaper.run(IMPORT) == "Nothing was composed (failed): film.mp4: has no video."
    assert untouched(reaper)


@pytest.mark.parametrize("function", ["SetTempoTimeSigMarker", "InsertTrackAtIndex"])
def test_an_error_leaves_one_undo_step_and_redraws_the_views(reaper, function):
    reaper.fails_at = function
    assert f"{function} failed" in reaper.run(RECORD)
    assert len(reaper.undo) == 1


def test_half_written_answers_are_waited_for(reaper, server):
    reaper.cut_short = True
    reaper.run(IMPORT)
    assert_is_the_score(reaper, server, 0.001)


def test_temporary_files_are_removed(reaper, tmp_path):
    reaper.run(RECORD)
    left = [path.name for path in (tmp_path / "Data/EMSYNC").iterdir()]
    assert left == ["6b9b61d76d54"]


def test_the_tracks_are_named_coloured_and_in_a_folder(reaper, server):
    reaper.run(IMPORT)
    assert [track.name for track in reaper.tracks] == ["Film", "EMSYNC", *NAMES]
    assert [track.values["I_FOLDERDEPTH"] for track in reaper.tracks] == [0, 1, 0, 0, 0, 0, -1]
    assert len({track.colour for track in reaper.tracks[2:]}) == 5
    seed = server.jobs[0].fields["seed"]
    for name in NAMES:
        take = reaper.track(name).items[0].take
        assert take.texts["P_NAME"] == f"{name}, seed {seed}"
        assert take.texts["P_EXT:emsync"] == "6b9b61d76d54"


def test_a_track_template_or_a_synth_gives_sound_at_once(reaper, tmp_path):
    reaper.project_ext["settings"] = json.dumps({"sound": "template", "monitor": True})
    reaper.files = {f"{tmp_path}/TrackTemplates/EMSYNC Strings.RTrackTemplate"}
    reaper.run(RECORD)
    assert reaper.track("Strings").effects == ["Strings of the user"]
    assert reaper.track("Bass").effects == ["ReaSynth"]
    assert {reaper.track(name).values["I_RECMON"] for name in NAMES} == {1}
    assert reaper.selected_tracks == []


def test_the_sound_preview_is_added_if_asked_for(reaper):
    reaper.project_ext["settings"] = json.dumps({"preview": True})
    reaper.run(IMPORT)
    (item,) = reaper.track("EMSYNC preview").items
    assert item.values["D_POSITION"] == 10 and item.take.source.path.endswith("/score.wav")


def test_the_first_run_adds_the_other_actions_to_reapers_list(reaper):
    reaper.run(IMPORT)
    reaper.tracks[1:] = []
    added = [Path(path).name for _, path, _ in reaper.added]
    assert sorted(added) == sorted(path.name for path in SCRIPTS.glob("*.lua"))
    assert [commit for _, _, commit in reaper.added] == [False] * (len(added) - 1) + [True]
    reaper.press = 7
    reaper.run(IMPORT)
    assert len(reaper.added) == len(added)
