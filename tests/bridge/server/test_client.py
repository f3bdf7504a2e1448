"""``emsync client`` against a real server."""

from __future__ import annotations

import json

import pytest

from bridge.cli import main
from bridge.doctor import machine
from bridge.server.client import Client
from engine.plan.json_form import read_plan

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


def test_an_edited_plan_is_submitted_and_fetched(client, film, tmp_path):
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(PLAN))
    status, job, _ = client("submit", film, "--takes", 1, "--plan", path, "--wait")
    assert status == 0 and job["request"]["plan"] == PLAN
    client("files", job["id"], "-o", tmp_path / "out")
    assert read_plan(tmp_path / "out" / "plan.json") == read_plan(path)
    client("forget", job["id"])


def test_a_part_is_rescored(client, piece):
    words = ("--part", "strings", "--from", "0:01", "--emotion", "calm", "--takes", 1)
    status, job, _ = client("rescore", piece, *words, "--wait")
    assert status == 0 and job["state"] == "done"
    assert job["request"]["rescore"] == {"from": 1.0, "parts": ["strings"], "emotion": "calm"}
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
