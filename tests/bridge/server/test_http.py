from __future__ import annotations

import json
import socket
from http.client import HTTPConnection

import pytest

from engine.cues_json import read_cues
from engine.plan.json_form import from_json

from .conftest import PLAN


@pytest.fixture
def ask(server):
    """Send any request: ``ask("GET", "/jobs", host="evil")`` -> status, answer."""

    def ask(method, path, body=None, **headers):
        connection = HTTPConnection("127.0.0.1", server.running.port, timeout=20)
        connection.request(method, path, body, {**server.headers, **headers})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, json.loads(content) if content else None

    return ask


def test_a_job_makes_a_piece_for_a_film(server, film, piece):
    job = server.client.ask("GET", f"/jobs/{piece}")
    assert (job["state"], job["progress"], job["request"]["video"]) == ("done", 1.0, str(film))
    folder = server.folder / "pieces" / piece
    there = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert sorted(job["files"]) == there
    for name in job["files"]:
        assert server.client.file(piece, name) == (folder / name).read_bytes()
    assert read_cues(folder / "cues.json").boundaries == (pytest.approx(2.0, abs=0.01),)


def plan_of(server, job):
    return from_json(server.client.file(job, "plan.json").decode())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plan.json", "application/json"),
        ("score.svg", "image/svg+xml"),
        ("strip.jpg", "image/jpeg"),
        ("score.mid", "audio/midi"),
        ("score.wav", "audio/wav"),
        ("stems/drums.wav", "audio/wav"),
        ("film.mp4", "video/mp4"),
        ("score.musicxml", "application/vnd.recordare.musicxml+xml"),
    ],
)
def test_a_file_has_its_media_type(server, piece, name, kind):
    connection = HTTPConnection("127.0.0.1", server.running.port, timeout=20)
    connection.request("GET", f"/jobs/{piece}/files/{name}", headers=server.headers)
    response = connection.getresponse()
    assert (response.status, response.headers["content-type"]) == (200, kind)
    assert response.read()
    connection.close()


@pytest.mark.parametrize("chords", ["Dm | A7 Dm", ["Dm", "A7 Dm"]])
def test_a_job_has_the_chords_and_the_feel_that_were_asked_for(server, film, chords):
    job = server.ended(server.submit(film, chords=chords, feel="triplet", bpm=120))
    assert job["state"] == "done", job
    asked = {name: job["request"][name] for name in ("chords", "feel", "bpm")}
    assert asked == {"chords": ["Dm", "A7 Dm"], "feel": "triplet", "bpm": 120.0}
    plan = plan_of(server, job["id"])
    assert plan.feel == "triplet" and plan.phrases[0].chords[0] == "Dm"
    assert plan.phrases[0].key == "D minor"


def test_a_job_in_free_time_has_no_plan(server, film):
    job = server.ended(server.submit(film, free=True))
    assert job["state"] == "done", job
    assert job["request"]["free"] is True and "plan.json" not in job["files"]


def test_a_job_keeps_the_plan_it_was_given(server, film):
    job = server.ended(server.submit(film, plan=PLAN))
    assert job["state"] == "done", job
    assert from_json(json.dumps(job["request"]["plan"])) == from_json(json.dumps(PLAN))
    assert plan_of(server, job["id"]) == from_json(json.dumps(PLAN))


def test_the_plan_of_another_film_fails_in_one_line(server, film):
    points = [{"beat": 0, "seconds": 0.0}, {"beat": 18, "seconds": 9.0}]
    job = server.ended(server.submit(film, plan={**PLAN, "duration": 9.0, "points": points}))
    assert job["state"] == "failed"
    assert job["error"].startswith("plan: it lasts 9.000 s, but the film 3.000 s; plan this film")


def test_another_seed_plans_anew_unless_there_was_a_plan(server, film, piece):
    again = server.client.ask("POST", f"/jobs/{piece}/regenerate", {"seed": 0})["id"]
    other = server.client.ask("POST", f"/jobs/{piece}/regenerate", {"seed": 5})["id"]
    given = server.submit(film, plan=PLAN)
    server.ended(given)
    kept = server.client.ask("POST", f"/jobs/{given}/regenerate", {"seed": 5})["id"]
    for job in (again, other, kept):
        assert server.ended(job)["state"] == "done"
    assert plan_of(server, again) == plan_of(server, piece)
    assert plan_of(server, other) != plan_of(server, piece)
    assert plan_of(server, kept) == from_json(json.dumps(PLAN))
    first, second = (server.client.file(job, "score.mid") for job in (given, kept))
    assert first != second


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"plan": {**PLAN, "bars": [0]}}, "plan: bars[0] must be a whole number from 1 to"),
        ({"plan": {**PLAN, "points": PLAN["points"][::-1]}}, "plan: points: the first must be"),
        ({"plan": []}, "plan: "),
        ({"plan": PLAN, "key": "C"}, "key: the plan has its own; leave it out, or"),
        ({"free": True, "bpm": 90}, "bpm: a piece in free time has none; leave it out, or"),
        ({"free": 1}, "free must be true or false"),
        ({"chords": "X"}, "chord 'X': write a root"),
        ({"chords": []}, "chords: write one or more chords for each bar"),
        ({"feel": "x"}, "feel 'x': choose from straight, swing, triplet"),
        ({"time_signature": "7/8"}, "time_signature '7/8': choose from 2/4"),
    ],
)
def test_what_can_not_be_planned_is_refused_at_once(ask, film, fields, complaint):
    status, answer = ask("POST", "/jobs", json.dumps({"video": str(film), **fields}))
    assert status == 400
    assert answer["error"].startswith(complaint) and "\n" not in answer["error"]


@pytest.mark.parametrize("spelling", ["analyze", "analyse"])
def test_analyzing_stops_at_the_cue_sheet(server, film, spelling):
    job = server.ended(server.submit(film, kind=spelling))
    assert (job["kind"], job["state"], job["files"]) == (
        "analyze",
        "done",
        ["cues.json", "scores.npz"],
    )


def test_regenerating_makes_another_piece_for_the_same_cue_sheet(server, piece):
    cues = server.client.file(piece, "cues.json")
    job = server.ended(server.client.ask("POST", f"/jobs/{piece}/regenerate", {"seed": 5})["id"])
    assert (job["state"], job["parent"], job["request"]["seed"]) == ("done", piece, 5)
    assert server.client.file(job["id"], "cues.json") == cues
    first, second = (server.client.file(name, "score.mid") for name in (piece, job["id"]))
    assert first != second


def test_an_edited_cue_sheet_and_options_are_used(server, film, piece):
    cues = json.loads(server.client.file(piece, "cues.json"))
    cues["boundaries"] = [0.5, 1.5]
    job = server.ended(server.submit(film, kind="analyze", cues=cues, valence=0.25))
    after = json.loads(server.client.file(job["id"], "cues.json"))
    assert after["boundaries"] == [0.5, 1.5]
    assert {section["valence"] for section in after["sections"]} == {0.25}


def test_a_failed_job_says_why_in_one_line(server, tmp_path):
    (tmp_path / "notes.mp4").write_text("not a film")
    job = server.ended(server.submit(tmp_path / "notes.mp4"))
    assert job["state"] == "failed"
    assert "no picture can be decoded" in job["error"] and "\n" not in job["error"]


def test_jobs_are_cancelled_and_forgotten(server, ask, long_film):
    first, second = server.submit(long_film), server.submit(long_film)
    server.until(lambda: server.client.ask("GET", f"/jobs/{first}")["state"] == "composing")
    for job in (second, first):
        assert ask("DELETE", f"/jobs/{job}")[1]["state"] == "cancelled"
        assert ask("DELETE", f"/jobs/{job}")[0] == 409
    assert not list((server.folder / "pieces" / first).glob("**/.*"))
    assert ask("DELETE", f"/jobs/{first}?forget=true") == (200, {"forgotten": first})
    assert ask("GET", f"/jobs/{first}")[0] == 404
    assert not (server.folder / "pieces" / first).exists()


def test_playback_obeys_requests(server, ask, piece):
    assert ask("POST", "/play", json.dumps({"job": piece, "seconds": 1}))[0] == 200
    assert ask("POST", "/loop", '{"begin": 0.5, "end": 2.5}')[1]["loop"] == [0.5, 2.5]
    assert ask("POST", "/pause")[1]["state"] == "paused"
    assert ask("POST", "/locate", '{"seconds": 0.75}')[1]["seconds"] == 0.75
    assert ask("POST", "/loop", "{}")[1]["loop"] is None
    assert ask("POST", "/stop")[1] | {"late": 0} == ask("GET", "/state")[1] | {"late": 0}
    for body in ('{"begin": 2, "end": 1}', '{"end": 1}', '{"begin": 0, "end": 99}'):
        assert ask("POST", "/loop", body)[0] == 400
    assert ask("POST", "/locate", "{}")[0] == 400
    assert ask("POST", "/play", '{"job": "nobody"}')[0] == 404


def test_requests_without_permission_are_refused(ask):
    assert ask("GET", "/jobs", authorization="Bearer guess")[0] == 401
    assert ask("GET", "/jobs?token=guess", authorization="")[0] == 401
    status, answer = ask("GET", "/jobs", host="evil.example")
    assert status == 403 and "not called 'evil.example'" in answer["error"]
    assert "--" not in answer["error"]
    assert ask("GET", "/jobs", origin="http://evil.example")[0] == 403
    assert ask("GET", "/health", authorization="")[0] == 200
    assert ask("GET", "/health", host="evil.example")[0] == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/jobs/{piece}/files/../../../server.json", 404),
        ("/jobs/{piece}/files/..%2f..%2f..%2fserver.json", 404),
        ("/jobs/{piece}/files//etc/passwd", 404),
        ("/jobs/{piece}/files/score.mid%00", 404),
        ("/jobs/../server.json", 404),
        ("/jobs/..%2f..", 404),
        ("/nowhere", 404),
    ],
)
def test_path_tricks_find_no_file(ask, piece, path, status):
    found, answer = ask("GET", path.format(piece=piece))
    assert found == status and answer.keys() == {"error"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("[" * 100_000, 400),
        ("\xff", 400),
        ('{"video": "a.mp4", "louder": 1}', 400),
        ('{"video": "a.mp4", "kind": "paint"}', 400),
        ('{"video": "a.mp4", "kind": []}', 400),
        ('{"video": "a.mp4", "valence": NaN}', 400),
        (" " * (1 << 20) + "{}", 413),
    ],
    ids=range(10),
)
def test_wrong_bodies_are_refused(ask, body, status):
    found, answer = ask("POST", "/jobs", body.encode("latin-1"))
    assert found == status and "\n" not in answer["error"]


def test_a_client_that_sends_half_a_request_delays_nobody(server, ask):
    with socket.create_connection(("127.0.0.1", server.running.port)) as half:
        half.sendall(b"POST /jobs HTTP/1.1\r\nContent-Length: 100\r\n")
        assert ask("GET", "/state")[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/jobs", r'{"video": "\ud800.mp4"}', "half a character"),
        ("/jobs", r'{"video": "film.mp4", "\udfff": 1}', "half a character"),
        ("/follow", r'{"transport": "mtc", "port": "\ud800"}', "half a character"),
        ("/jobs", json.dumps({"video": f"/{'n' * 300}.mp4"}), "names of files have at most 255"),
        ("/follow", r'{"transport": "mtc", "rate": 12}', "choose from 23.976, 24, 25, 29.97, 30"),
        ("/follow", r'{"rate": 24}', "port, offset and rate go with a transport"),
    ],
)
def test_text_and_names_that_no_file_can_have_are_refused_in_one_line(ask, path, body, complaint):
    status, answer = ask("POST", path, body)
    assert status == 400
    assert complaint in answer["error"] and "\n" not in answer["error"]


def test_a_job_with_a_stretch_and_an_offset_is_regenerated_with_the_same_boundaries(server, film):
    asked = {"sensitivity": 1.5, "no_hits": [[0.0, 0.5]], "hit_offset": 3, "boundaries": [0.2, 2]}
    first = server.ended(server.submit(film, **asked))
    assert first["state"] == "done", first
    answer = server.client.ask("POST", f"/jobs/{first['id']}/regenerate", {"seed": 5})
    again = server.ended(answer["id"])
    assert again["state"] == "done", again
    one, two = (json.loads(server.client.file(job["id"], "cues.json")) for job in (first, again))
    assert len(one["boundaries"]) == 1 and one["no_hits"]
    assert (one["boundaries"], one["no_hits"]) == (two["boundaries"], two["no_hits"])


def test_a_job_with_emotions_and_intensity_is_regenerated_with_the_same_sections(server, film):
    asked = {"emotion": "calm, 0:01 v=-0.4 a=0.7", "intensity": 0.4}
    first = server.ended(server.submit(film, **asked))
    assert first["state"] == "done", first
    answer = server.client.ask("POST", f"/jobs/{first['id']}/regenerate", {"seed": 5})
    again = server.ended(answer["id"])
    assert again["state"] == "done", again
    one, two = (json.loads(server.client.file(job["id"], "cues.json")) for job in (first, again))
    assert [(s["start"], s["arousal"]) for s in one["sections"]] == [(0, -0.35), (1, 0.7)]
    assert one["sections"] == two["sections"]
