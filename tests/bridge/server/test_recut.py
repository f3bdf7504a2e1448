"""A new cut of a finished piece's film is scored by a real server."""

from __future__ import annotations

import json
import shutil

import pytest

from engine.errors import EmsyncError


@pytest.fixture(scope="module")
def films(scene_films):
    """The folder of the old cut of two scenes, and of a new one without the first."""
    return {scene_films(names).parent for names in ("bc", "c")}.pop()


@pytest.fixture(scope="module")
def old(server, films):
    """The job of the old cut."""
    job = server.ended(server.submit(films / "bc.mp4", seed=5))
    assert job["state"] == "done", job
    return job["id"]


@pytest.fixture(scope="module")
def new(server, films, old):
    """The job of the new cut."""
    values = {"video": str(films / "c.mp4"), "takes": 1}
    job = server.client.ask("POST", f"/jobs/{old}/recut", values)
    assert (job["kind"], job["parent"], job["request"]["seed"]) == ("recut", old, 5)
    job = server.ended(job["id"])
    assert job["state"] == "done", job
    return job


def test_what_did_not_change_is_kept_and_the_report_says_it(server, films, new):
    assert new["request"]["recut"] == {"video": str(films / "c.mp4")}
    report = json.loads(server.client.file(new["id"], "report.json"))
    assert report["recut"]["seconds"] > 4 and report["recut"]["notes"] > 20
    cues = json.loads(server.client.file(new["id"], "cues.json"))
    assert cues["video"]["path"] == str(films / "c.mp4")
    assert "scores.npz" in server.client.ask("GET", f"/jobs/{new['id']}")["files"]


def test_a_new_cut_is_rescored_and_cut_again(server, films, new):
    values = {"to": 2, "takes": 1}
    job = server.ended(server.client.ask("POST", f"/jobs/{new['id']}/rescore", values)["id"])
    assert (job["state"], "recut" in job["request"]) == ("done", False), job
    values = {"video": str(films / "bc.mp4"), "takes": 1}
    again = server.ended(server.client.ask("POST", f"/jobs/{new['id']}/recut", values)["id"])
    assert again["state"] == "done", again


def test_an_edit_list_needs_no_film(server, films, old):
    path = films / "c.edl"
    path.write_text(
        "FCM: NON-DROP FRAME\n001  AX  V  C  00:00:05:00 00:00:14:00 00:00:00:00 00:00:09:00\n"
    )
    values = {"edit_list": str(path), "frame_rate": "24", "takes": 1}
    job = server.ended(server.client.ask("POST", f"/jobs/{old}/recut", values)["id"])
    assert job["state"] == "done", job
    assert job["request"]["video"] == str(films / "bc.mp4") and not job["request"]["film"]
    cues = json.loads(server.client.file(job["id"], "cues.json"))
    assert cues["video"]["duration"] == 9.0
    with pytest.raises(EmsyncError, match="has no film"):
        server.client.ask("POST", f"/jobs/{job['id']}/regenerate", {})


def test_what_can_not_be_cut_anew_is_refused_in_one_line(server, films, old):
    def refused(path: str, values: dict[str, object]) -> str:
        with pytest.raises(EmsyncError) as error:
            server.client.ask("POST", path, values)
        assert "\n" not in str(error.value)
        return str(error.value)

    path, film = f"/jobs/{old}/recut", str(films / "c.mp4")
    assert "name the new cut" in refused(path, {})
    assert "'bpm' is no option" in refused(path, {"video": film, "bpm": 90})
    assert "reel: goes with an edit list" in refused(path, {"video": film, "reel": "A"})
    assert "is no edit list" in refused(path, {"edit_list": film})
    assert "frame_rate: '17.5'" in refused(path, {"edit_list": "a.edl", "frame_rate": "17.5"})
    assert "end: needs the new film" in refused(path, {"edit_list": "a.edl", "end": 3})
    assert "POST /jobs/{id}/recut" in refused("/jobs", {"video": film, "kind": "recut"})
    assert "POST /jobs/{id}/recut" in refused("/jobs", {"video": film, "recut": {"video": film}})
    assert "no job" in refused("/jobs/none/recut", {"video": film})


def test_a_film_with_nothing_in_common_fails_the_job_alone(server, film, old):
    values = {"video": str(film), "takes": 1}
    job = server.ended(server.client.ask("POST", f"/jobs/{old}/recut", values)["id"])
    assert job["state"] == "failed" and "score the new cut by itself" in job["error"]
    assert job["error"].startswith(f"job {old}: ") and str(server.folder) not in job["error"]


def test_lists_come_from_the_folders_of_films_only(start, film, tmp_path):
    films = tmp_path / "films"
    (films / "bundle.fcpxmld").mkdir(parents=True)
    server = start(tmp_path / "state", "--videos", films)
    job = server.ended(server.submit(shutil.copy(film, films)))["id"]
    with pytest.raises(EmsyncError, match="may only come from"):
        server.client.ask("POST", f"/jobs/{job}/recut", {"edit_list": str(tmp_path / "x.edl")})
    values = {"edit_list": str(films / "bundle.fcpxmld")}
    ended = server.ended(server.client.ask("POST", f"/jobs/{job}/recut", values)["id"])
    assert ended["state"] == "failed" and "is a folder" in ended["error"]
    server.end()
