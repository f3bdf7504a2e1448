"""``emsync client`` against a real server."""

from __future__ import annotations

import json

import pytest

from bridge.cli import main
from bridge.doctor import machine
from bridge.server.client import Client
from engine.plan.json_form import from_json, read_plan

from .conftest import PLAN


@pytest.fixture
def client(server, capsys):
    """Run ``emsync client`` with these words: its exit status, its answer, its error output."""

    def run(*words, state=server.folder):
        capsys.readouterr()
        status = main(["client", "--state", str(state), *map(str, words)])
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else None, err

    return run


def test_a_job_is_submitted_fetched_and_played(client, film, tmp_path):
    status, job, _ = client("submit", film, "--takes", 1, "--seed", 3, "--wait")
    assert status == 0 and job["state"] == "done" and job["request"]["seed"] == 3
    _, answer, _ = client("files", job["id"], "-o", tmp_path / "out")
    assert sorted(answer["files"]) == sorted(
        str(path) for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    _, again, _ = client("files", job["id"], "-o", tmp_path / "out")
    assert again["files"] == [name.replace("/out/", "/out-2/") for name in answer["files"]]
    assert client("files", job["id"], "-o", tmp_path / "out", "--force")[1] == answer
    assert client("play", job["id"], "--from", "0:01")[1]["state"] == "playing"
    assert client("loop", 0.5, 1.5)[1]["loop"] == [0.5, 1.5]
    assert client("loop")[1]["loop"] is None
    assert client("pause")[1]["state"] == "paused"
    assert client("locate", 1)[1]["seconds"] == 1.0
    assert client("stop")[1]["state"] == client("status")[1]["state"] == "stopped"
    assert client("status", job["id"])[1]["state"] == "done"
    assert job["id"] in [other["id"] for other in client("jobs")[1]["jobs"]]


def test_only_the_files_that_are_wanted_are_fetched(client, piece, tmp_path):
    wanted = ("--only", "score.mid", "--only", "plan.json", "--only", "score.flac")
    _, answer, _ = client("files", piece, "-o", tmp_path / "out", *wanted)
    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == ["plan.json", "score.mid"] and len(answer["files"]) == 2


def test_an_edited_plan_is_submitted_and_fetched(client, film, tmp_path):
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(PLAN))
    status, job, _ = client("submit", film, "--takes", 1, "--plan", path, "--wait")
    assert status == 0
    assert from_json(json.dumps(job["request"]["plan"])) == read_plan(path)
    client("files", job["id"], "-o", tmp_path / "out")
    assert read_plan(tmp_path / "out" / "plan.json") == read_plan(path)
    client("forget", job["id"])


def test_a_part_is_rescored(client, piece):
    words = ("--part", "strings", "--from", "0:01", "--emotion", "calm", "--takes", 1)
    status, job, _ = client("rescore", piece, *words, "--wait")
    assert status == 0 and job["state"] == "done"
    # The first bar line is nearer than the second.
    assert job["request"]["rescore"] == {"from": 0.0, "parts": ["strings"], "emotion": "calm"}
    client("forget", job["id"])


def test_a_new_cut_of_the_film_is_scored(client, piece, film, tmp_path):
    (tmp_path / "v2.edl").write_text(
        "FCM: NON-DROP FRAME\n"
        "001  AX  V  C  00:00:00:00 00:00:03:00 00:00:00:00 00:00:03:00\n"
        f"* FROM CLIP NAME: {film.name}\n"
    )
    words = (tmp_path / "v2.edl", "--frame-rate", 24, "--takes", 1, "--no-audio")
    status, job, errors = client("recut", piece, *words, "--wait")
    assert status == 0 and job["state"] == "done", errors
    assert (job["kind"], job["parent"]) == ("recut", piece)
    assert job["request"]["recut"] == {"edit_list": str(tmp_path / "v2.edl"), "frame_rate": "24"}
    client("forget", job["id"])


def test_a_piece_is_regenerated_and_forgotten(client, piece):
    status, job, _ = client("regenerate", piece, "--wait")
    assert (status, job["parent"]) == (0, piece)
    assert client("forget", job["id"])[1] == {"forgotten": job["id"]}
    assert client("status", job["id"])[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("status", "nobody"),
        ("status", "../health"),
        ("cancel", "a b"),
        ("submit", "film.mp4", "--valence", "3"),
        ("submit", "film.mp4", "--emotion", "hunger"),
        ("submit", "film.mp4", "--instruments", "kazoo"),
        ("submit", "film.mp4", "--cues", "nowhere.json"),
        ("submit", "film.mp4", "--plan", "nowhere.json"),
        ("submit", "film.mp4", "--chords", "X"),
        ("submit", "film.mp4", "--feel", "x"),
        ("submit", "film.mp4", "--free", "--bpm", "90"),
        ("submit", "nowhere.mp4", "--wait"),
        ("recut", "nobody", "film.mp4", "--reel", "A1"),
        ("recut", "nobody", "v2.edl", "--frame-rate", "17.5"),
        ("locate", "soon"),
        ("follow", "--offset", "5"),
        ("follow", "--port", "DAW"),
        ("dance",),
        (),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line(client, words):
    status, answer, errors = client(*words)
    assert (status, answer) == (2, None)
    assert errors.startswith("emsync: ") and errors.count("\n") == 1


def test_without_a_server_it_says_how_to_start_one(client, tmp_path):
    assert "start emsync serve" in client("status", state=tmp_path)[2]


def test_the_doctor_sees_the_server(server):
    finding = machine.server(lambda: Client(server.folder).ask("GET", "/state"))
    assert (finding.verdict, finding.text) == ("ok", "runs and plays to no MIDI output")


def test_hello_names_the_versions_and_the_status_file(client, server, tmp_path):
    status, answer, _ = client("hello")
    assert status == 0 and answer["server"]["pid"] == server.process.pid
    assert answer["server"]["version"] == answer["version"]
    assert answer["status"] == str(server.folder / "status.json")
    status, answer, _ = client("hello", state=tmp_path)
    assert (status, answer["server"]) == (0, None)


def test_a_job_in_a_file_is_submitted_with_its_markers(client, film, tmp_path):
    path, markers = tmp_path / "request.json", tmp_path / "markers.txt"
    path.write_text(json.dumps({"video": str(film), "kind": "analyze", "seed": 5}))
    markers.write_text("0.5  Dör [weight 3]\n1.5  calm\n")
    status, job, _ = client("request", path, "--markers", markers)
    assert status == 0 and (job["kind"], job["request"]["seed"]) == ("analyze", 5)
    assert client("status", job["id"], "--wait")[1]["state"] == "done"
    client("files", job["id"], "-o", tmp_path / "out")
    cues = json.loads((tmp_path / "out" / "cues.json").read_text())
    assert [hit["label"] for hit in cues["boundaries"]] == ["Dör", "calm"]
    assert [section["start"] for section in cues["sections"]] == [0, 1.5]

    path.write_text(json.dumps({"video": str(film), "cues": cues, "bpm": 96, "key": "D minor"}))
    assert "leave out --markers" in client("plan", path, "--markers", markers)[2]
    status, plan, _ = client("plan", path)
    assert status == 0 and plan["phrases"][0]["key"] == "D minor"
    client("forget", job["id"])


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"video": 3}', '{"video": "a", "seed": -1}', '{"video": "a"}']
)
def test_a_wrong_file_of_a_job_is_one_line(client, tmp_path, text):
    path = tmp_path / "request.json"
    path.write_text(text)
    status, _, errors = client("plan", path)
    assert status == 2 and errors.startswith("emsync: ") and errors.count("\n") == 1


def test_a_control_names_what_changes_and_a_live_piece(client, piece):
    status, _, error = client("control", piece)
    assert status == 2 and "name what is to change" in error
    status, _, error = client("control", piece, "--instruments", "bass, Piano")
    assert status == 2 and f"job {piece} is not being composed live" in error
