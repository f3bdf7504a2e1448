"""A finished piece is rescored by a real server."""

from __future__ import annotations

import json

import pytest

from engine.errors import EmsyncError


@pytest.fixture(scope="module")
def rescored(server, piece):
    """A job that composed the strings of the second half anew."""
    values = {"from": 1.5, "parts": ["strings", "piano"], "takes": 1, "seed": 8, "snap": False}
    job = server.client.ask("POST", f"/jobs/{piece}/rescore", values)
    assert (job["kind"], job["parent"]) == ("rescore", piece)
    job = server.ended(job["id"])
    assert job["state"] == "done", job
    return job


def test_other_parts_keep_their_files(server, piece, rescored):
    assert rescored["request"]["rescore"] == {
        "from": 1.5, "snap": False, "parts": ["piano", "strings"]
    }  # fmt: skip
    for part in ("bass", "drums", "guitar"):
        names = [server.client.file(job, f"stems/{part}.mid") for job in (piece, rescored["id"])]
        assert names[0] == names[1]
    assert server.client.file(piece, "score.mid") != server.client.file(rescored["id"], "score.mid")
    report = json.loads(server.client.file(rescored["id"], "report.json"))
    assert report["seed"] == 8 and report["rescore"]["new"][0]["start"] == 1.5


def test_a_rescored_piece_plays_and_is_rescored_again(server, rescored):
    state = server.client.ask("POST", "/play", {"job": rescored["id"]})
    assert state["job"] == rescored["id"]
    server.client.ask("POST", "/stop")
    path = f"/jobs/{rescored['id']}/rescore"
    again = server.ended(server.client.ask("POST", path, {"to": 1, "takes": 1})["id"])
    assert again["state"] == "done", again
    assert again["request"]["seed"] == 9
    # The selection has the times of what was composed: those of bar lines.
    (_, second, *_) = server.client.ask("GET", f"/jobs/{again['id']}/notes")["bars"]
    assert again["request"]["rescore"] == {"to": pytest.approx(second, abs=0.001)}
    files = [server.client.file(job["id"], "stems/strings.mid") for job in (rescored, again)]
    assert files[0] != files[1]


def test_a_rescored_piece_is_regenerated_whole(server, piece, rescored):
    path = f"/jobs/{rescored['id']}/regenerate"
    job = server.ended(server.client.ask("POST", path, {"seed": 3})["id"])
    assert (job["kind"], job["state"]) == ("compose", "done"), job
    assert "rescore" not in job["request"]


def test_an_edited_plan_is_taken(server, piece):
    plan = json.loads(server.client.file(piece, "plan.json"))
    plan["phrases"][0]["density"] = 6.5
    values = {"to": 3, "takes": 1, "plan": plan, "dynamics": 0}
    job = server.ended(server.client.ask("POST", f"/jobs/{piece}/rescore", values)["id"])
    assert job["state"] == "done", job
    assert json.loads(server.client.file(job["id"], "plan.json")) == plan


def test_what_can_not_be_rescored_is_refused_in_one_line(server, film, piece):
    def refused(path: str, values: dict[str, object]) -> str:
        with pytest.raises(EmsyncError) as error:
            server.client.ask("POST", path, values)
        assert "\n" not in str(error.value)
        return str(error.value)

    path = f"/jobs/{piece}/rescore"
    assert "name what to compose anew" in refused(path, {})
    assert "'bpm' is no option" in refused(path, {"to": 1, "bpm": 90})
    assert "to must be a number" in refused(path, {"to": "soon"})
    sheet = server.ended(server.submit(film, kind="analyze"))["id"]
    assert "has no music" in refused(f"/jobs/{sheet}/rescore", {"to": 1})
    assert "POST /jobs/{id}/rescore" in refused("/jobs", {"video": str(film), "kind": "rescore"})
    assert "POST /jobs/{id}/rescore" in refused("/jobs", {"video": str(film), "rescore": {"to": 1}})
    assert "no job" in refused("/jobs/none/rescore", {"to": 1})
    assert "two rising times" in refused(path, {"from": 60})
    assert "snap must be true or false" in refused(path, {"from": 1, "snap": 1})


def sheet_with(server, job, *seconds):
    """The cue sheet of a job with hits at other times."""
    return {**json.loads(server.client.file(job, "cues.json")), "boundaries": list(seconds)}


def notes_of(server, job, start, until):
    """Onset, pitch and velocity of the notes of each part in a stretch."""
    parts = server.client.ask("GET", f"/jobs/{job}/notes")["parts"]
    return {
        part: [
            (pytest.approx(onset, abs=0.002), pitch, velocity)
            for onset, _, pitch, velocity in notes
            if start <= onset + 0.001 < until
        ]
        for part, notes in parts.items()
    }


def test_a_moved_hit_composes_the_bars_around_it_anew_and_keeps_the_rest(server, longer):
    cues = sheet_with(server, longer, 7.0, 12.0)
    plan = server.client.ask("POST", f"/jobs/{longer}/plan", {"cues": cues})
    (first, before), (after, end) = plan["kept"]
    assert first == 0.0 and 4.0 <= before <= 5.0 and 9.0 <= after < 14.0 and end == 18.0
    assert [hit["meets"] for hit in plan["hits"]] == ["bar line", "bar line"]
    path = f"/jobs/{longer}/rescore"
    job = server.ended(server.client.ask("POST", path, {"cues": cues, "takes": 1})["id"])
    assert job["state"] == "done", job
    assert json.loads(server.client.file(job["id"], "cues.json"))["boundaries"] == [7.0, 12.0]
    # What was shown is what is composed.
    assert json.loads(server.client.file(job["id"], "plan.json")) == json.loads(plan["plan"])
    for span in plan["kept"]:
        assert notes_of(server, job["id"], *span) == notes_of(server, longer, *span)
    report = json.loads(server.client.file(job["id"], "report.json"))["rescore"]
    assert [(part["start"], part["end"]) for part in report["new"]] == [
        (pytest.approx(before, abs=0.001), pytest.approx(after, abs=0.001))
    ]
    # The whole of it, composed anew, has the options of the piece, and the hits of this version.
    again = server.client.ask("POST", f"/jobs/{job['id']}/regenerate", {"takes": 1})
    assert (again["kind"], again["request"]["bpm"]) == ("compose", 120)
    assert again["request"]["cues"]["boundaries"] == [7.0, 12.0]
    server.client.ask("DELETE", f"/jobs/{again['id']}")


def test_moved_hits_that_can_not_be_composed_are_refused_in_one_line(server, longer):
    def refused(path: str, **values: object) -> str:
        with pytest.raises(EmsyncError) as error:
            server.client.ask("POST", f"/jobs/{longer}/{path}", values)
        return str(error.value)

    cues = sheet_with(server, longer, 7.0, 12.0)
    assert "they are those of the old score" in refused("plan", hits=[6.0, 12.0])
    assert "outside from 8 to 18 s" in refused("plan", **{"cues": cues, "from": 8})
    assert "hits is missing" in refused("plan")
    assert "both give the hits" in refused("rescore", cues=cues, hits=[1.0])
    assert "leave out section, parts" in refused("rescore", cues=cues, parts=["piano"])
