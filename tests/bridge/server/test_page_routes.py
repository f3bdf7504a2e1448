"""The endpoints of the page, of a real server."""

from __future__ import annotations

import json
import os
import socket
import wave
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest

from bridge.cli import main
from bridge.server.page_files import FOLDER


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@pytest.fixture
def ask(server) -> Callable[..., Answer]:
    """A request without the token: ``ask("GET", "/", cookie=...)``."""

    def ask(method, path, body=None, **headers):
        connection = HTTPConnection("127.0.0.1", server.running.port, timeout=20)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, names)
        response = connection.getresponse()
        answer = Answer(
            response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        )
        connection.close()
        return answer

    return ask


@pytest.fixture
def cookie(server, ask) -> str:
    """The cookie of a new session."""
    link = server.client.ask("POST", "/links", {})["link"]
    return ask("GET", link.partition(f":{server.running.port}")[2]).headers["set-cookie"]


def test_a_link_opens_the_page_once(server, ask):
    link = server.client.ask("POST", "/links", {})["link"]
    assert link.startswith(f"http://127.0.0.1:{server.running.port}/open?once=")
    path = link.partition(f":{server.running.port}")[2]
    opened = ask("GET", path)
    assert (opened.status, opened.headers["location"]) == (303, "/")
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    again = ask("GET", path)
    assert again.status == 401 and b"emsync open" in again.body
    # In the same browser, whose history may open the link again.
    assert ask("GET", path, cookie=cookie).headers["location"] == "/"
    page = ask("GET", "/", cookie=cookie)
    assert page.status == 200 and page.body == (FOLDER / "index.html").read_bytes()


def test_without_a_link_the_page_says_how_to_open_it(ask):
    closed = ask("GET", "/")
    assert closed.status == 401 and b"<code>emsync open</code>" in closed.body
    assert ask("GET", "/web/app.js").status == 401


def test_the_command_prints_a_link(server, ask, capsys):
    assert main(["open", "--print", "--state", str(server.folder)]) == 0
    link = capsys.readouterr().out.strip()
    assert ask("GET", link.partition(f":{server.running.port}")[2]).status == 303


def test_links_need_the_token(ask):
    assert ask("POST", "/links").status == 401


def test_a_session_stands_for_the_token_on_the_servers_own_pages_only(server, ask, cookie):
    own = f"http://127.0.0.1:{server.running.port}"
    assert ask("GET", "/jobs", cookie=cookie).status == 200
    assert ask("POST", "/stop", cookie=cookie, origin=own).status == 200
    assert ask("GET", "/jobs", cookie=cookie, sec_fetch_site="same-origin").status == 200
    # A page of another server on this machine: to a browser it is the same site.
    assert ask("GET", "/jobs", cookie=cookie, sec_fetch_site="same-site").status == 401
    assert ask("POST", "/stop", cookie=cookie, origin="http://127.0.0.1:1").status == 403
    assert ask("GET", "/jobs", cookie=cookie, host="evil.example").status == 403
    assert ask("GET", "/jobs", cookie=cookie.replace("=", "=x", 1)).status == 401


def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(server, ask, cookie):
    page = ask("GET", "/", cookie=cookie)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert f"connect-src 'self' ws://127.0.0.1:{server.running.port};" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_files_of_the_page_are_small_and_name_no_other_host(ask, cookie):
    names = [path.name for path in FOLDER.iterdir()]
    answers = {name: ask("GET", f"/web/{name}", cookie=cookie) for name in names}
    assert {answer.status for answer in answers.values()} == {200}
    assert sum(len(answer.body) for answer in answers.values()) < 300_000
    for name, answer in answers.items():
        text = answer.body.decode().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text and "https://" not in text, name
    missing = ask("GET", "/web/..%2Fauth.py", cookie=cookie)
    assert missing.status == 404


def upload(ask, cookie, name, content):
    return ask("POST", f"/films?name={name}", content, cookie=cookie)


def test_a_film_can_be_uploaded_and_scored(server, ask, cookie, film):
    answer = upload(ask, cookie, "holiday.mp4", film.read_bytes())
    assert answer.status == 201, answer.body
    sent = answer.json
    assert (sent["width"], sent["height"], round(sent["duration"])) == (96, 64, 3)
    assert Path(sent["path"]).read_bytes() == film.read_bytes()
    job = server.ended(server.submit(Path(sent["path"])))
    assert job["state"] == "done", job


def test_an_uploaded_film_goes_with_the_last_job_for_it(server, ask, cookie, film, tmp_path):
    path = Path(upload(ask, cookie, "short.mp4", film.read_bytes()).json["path"])
    first, second = (server.submit(path, kind="analyze", takes=1) for _ in range(2))
    for job in (first, second):
        server.ended(job)
    server.client.ask("DELETE", f"/jobs/{first}?forget=true")
    assert path.exists()
    server.client.ask("DELETE", f"/jobs/{second}?forget=true")
    assert not path.parent.exists() and path.parent.parent.exists()
    # A film of the user's own stays.
    own = tmp_path / "own.mp4"
    own.write_bytes(film.read_bytes())
    third = server.submit(own, kind="analyze")
    server.ended(third)
    server.client.ask("DELETE", f"/jobs/{third}?forget=true")
    assert own.exists()


def test_an_upload_that_is_no_film_is_refused_in_one_line_and_removed(server, ask, cookie):
    before = set((server.folder / "films").rglob("*.mp4"))
    answer = upload(ask, cookie, "letter.mp4", b"Dear Sir, this is no film.\n" * 999)
    assert answer.status == 400
    assert answer.json["error"].startswith("letter.mp4: ") and "\n" not in answer.json["error"]
    assert set((server.folder / "films").rglob("*.mp4")) == before


def test_a_path_can_be_checked(ask, cookie, film, tmp_path):
    found = ask("POST", "/films/check", json.dumps({"video": str(film)}), cookie=cookie)
    assert found.status == 200 and found.json["width"] == 96
    missing = ask("POST", "/films/check", json.dumps({"video": str(tmp_path)}), cookie=cookie)
    assert missing.status == 400 and "is a folder" in missing.json["error"]


def test_the_film_of_a_job_comes_in_ranges(ask, cookie, film, piece):
    whole = ask("GET", f"/jobs/{piece}/film", cookie=cookie)
    assert whole.body == film.read_bytes() and whole.headers["content-type"] == "video/mp4"
    part = ask("GET", f"/jobs/{piece}/film", cookie=cookie, range="bytes=100-199")
    assert (part.status, part.body) == (206, film.read_bytes()[100:200])


def test_a_film_that_is_gone_is_said_in_one_line(server, ask, cookie, film, tmp_path):
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(film.read_bytes())
    job = server.submit(copy)
    server.ended(job)
    os.unlink(copy)
    for answer in (
        ask("GET", f"/jobs/{job}/film", cookie=cookie),
        ask("POST", f"/jobs/{job}/preview", "{}", cookie=cookie),
    ):
        assert answer.status == 404
        assert "the film is no longer there" in answer.json["error"]
    assert ask("GET", f"/jobs/{job}/notes", cookie=cookie).status == 200


def test_a_preview_shows_the_same_frames_at_the_same_times(server, ask, cookie, film, piece):
    assert ask("GET", f"/jobs/{piece}/preview", cookie=cookie).status == 404

    def made():
        answer = ask("POST", f"/jobs/{piece}/preview", "{}", cookie=cookie)
        assert answer.status == 200, answer.body
        return answer.json["state"] == "ready"

    server.until(made)
    path = server.folder / "seen.mp4"
    path.write_bytes(ask("GET", f"/jobs/{piece}/preview", cookie=cookie).body)
    times, pictures = {}, {}
    for name, source in (("film", film), ("preview", path)):
        with av.open(str(source)) as container:
            frames = list(container.decode(video=0))
        times[name] = [frame.time for frame in frames]
        pictures[name] = [frame.to_ndarray(format="gray").mean(0) for frame in frames]
    assert times["preview"] == pytest.approx(times["film"], abs=0.001)
    for one, other in zip(pictures["film"], pictures["preview"], strict=True):
        assert np.abs(one - other).mean() < 8


def test_the_notes_of_a_piece_are_those_of_its_file(ask, cookie, server, piece):
    from bridge.play.midi_reader import read_midi

    drawn = ask("GET", f"/jobs/{piece}/notes", cookie=cookie).json
    midi = read_midi(server.folder / "pieces" / piece / "score.mid")
    assert sum(map(len, drawn["parts"].values())) == len(midi.notes)
    first = midi.notes[0]
    assert [pytest.approx(first.onset, abs=1e-3), first.pitch] in [
        [note[0], note[2]] for note in drawn["parts"][first.instrument.value]
    ]
    assert drawn["bars"][0] == 0 and drawn["duration"] == pytest.approx(3, abs=0.01)
    assert [hit["meets"] for hit in drawn["hits"]] == ["bar line"]
    assert drawn["phrases"][0]["start"] == 0 and drawn["phrases"][-1]["end"] == drawn["duration"]
    assert drawn["chords"][0][0] == 0
    other = ask("GET", f"/jobs/{piece}/notes?take=2", cookie=cookie).json
    assert other["parts"] != drawn["parts"]
    assert ask("GET", f"/jobs/{piece}/notes?take=9", cookie=cookie).status == 404


def test_a_piece_in_free_time_has_notes_and_no_chords(server, ask, cookie, film):
    job = server.submit(film, free=True)
    assert server.ended(job)["state"] == "done"
    drawn = ask("GET", f"/jobs/{job}/notes", cookie=cookie).json
    assert drawn["parts"] and drawn["chords"] == [] and drawn["bars"]


def test_the_peaks_of_sound_are_those_of_its_samples(server, ask, cookie, film):
    piece = server.ended(server.submit(film))["id"]
    path = server.folder / "pieces" / piece / "score.wav"
    assert ask("GET", f"/jobs/{piece}/peaks", cookie=cookie).status == 404
    rate = 8000
    half = np.zeros(rate * 2)
    half[rate * 3 // 4 : rate] = 0.5
    half[rate // 2 : rate * 3 // 4 : 2] = -0.25
    half[rate : rate * 3 // 2 : 2] = -0.25
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        file.writeframes((np.repeat(half, 2) * 32767).astype("<i2").tobytes())
    try:
        drawn = ask("GET", f"/jobs/{piece}/peaks?points=4", cookie=cookie).json
        assert drawn == {"duration": 2.0, "low": [0, -25, -25, 0], "high": [0, 50, 0, 0]}
        refused = ask("GET", f"/jobs/{piece}/peaks?points=0", cookie=cookie)
        assert "points must be a whole number" in refused.json["error"]
    finally:
        path.unlink()


def plan(ask, cookie, **values):
    return ask("POST", "/plan", json.dumps(values), cookie=cookie)


def test_a_plan_is_made_at_once_and_without_a_job(server, ask, cookie, piece):
    cues = json.loads(server.client.file(piece, "cues.json"))
    count = len(server.client.jobs())
    first = plan(ask, cookie, cues=cues).json
    assert json.loads(first["plan"]) == json.loads(server.client.file(piece, "plan.json"))
    cues["boundaries"] = [1.2]
    moved = plan(ask, cookie, cues=cues, bpm=100, key="D minor")
    assert moved.status == 200, moved.body
    assert moved.json["hits"][0]["seconds"] == 1.2
    assert moved.json["tempo"] == 100 and moved.json["phrases"][0]["key"] == "D minor"
    assert len(server.client.jobs()) == count


def test_a_plan_keeps_who_plays_where(server, ask, cookie, piece):
    cues = json.loads(server.client.file(piece, "cues.json"))
    players = [{"from": 0, "to": 9, "instruments": ["piano"]}]
    drawn = plan(ask, cookie, cues=cues, players=players).json
    assert {tuple(phrase["instruments"]) for phrase in drawn["phrases"]} == {("piano",)}
    refused = plan(ask, cookie, cues=cues, players=[{"from": 0, "to": 9, "instruments": []}])
    assert refused.json["error"].startswith("players[0]: instruments must be one or more of")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "cues is missing; give the cue sheet"),
        ({"cues": 3}, "cues: the content must be a JSON object"),
        ({"tempo": 3}, "'tempo' is no option; choose from"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_line(ask, cookie, values, complaint):
    answer = plan(ask, cookie, **values)
    assert answer.status == 400 and answer.json["error"].startswith(complaint)


def test_another_version_has_an_edited_cue_sheet_and_plan(server, ask, cookie, piece):
    cues = json.loads(server.client.file(piece, "cues.json"))
    cues["boundaries"] = [{"seconds": 1.5, "label": "door"}]
    made = json.loads(plan(ask, cookie, cues=cues, bpm=90).json["plan"])
    answer = server.client.ask(
        "POST", f"/jobs/{piece}/regenerate", {"cues": cues, "plan": made, "takes": 1, "seed": 3}
    )
    job = server.ended(answer["id"])
    assert job["state"] == "done", job
    assert (job["parent"], job["request"]["seed"], job["request"]["takes"]) == (piece, 3, 1)
    assert json.loads(server.client.file(job["id"], "plan.json")) == made
    kept = json.loads(server.client.file(job["id"], "cues.json"))
    assert kept["boundaries"] == [{"seconds": 1.5, "label": "door"}]


def test_the_words_are_points_of_the_plane(ask, cookie):
    words = ask("GET", "/words", cookie=cookie).json
    assert words["calm"] == [0.3, -0.7] and {"joy", "tense"} < set(words)


def test_a_version_keeps_the_edits_of_its_client(server, ask, cookie, piece):
    edits = {"options": {"bpm": 90}, "players": []}
    job = server.client.ask("POST", f"/jobs/{piece}/regenerate", {"takes": 1, "edits": edits})
    assert job["edits"] == edits
    assert server.ended(job["id"])["edits"] == edits
    assert server.client.ask("GET", f"/jobs/{piece}")["edits"] is None
    body = json.dumps({"edits": {"long": "x" * 200_000}})
    refused = ask("POST", f"/jobs/{piece}/regenerate", body, cookie=cookie)
    assert (
        refused.status == 400 and "edits must be a JSON object of at most" in refused.json["error"]
    )


def test_an_upload_that_breaks_off_leaves_nothing(server, cookie, film):
    content = film.read_bytes()
    connection = socket.create_connection(("127.0.0.1", server.running.port))
    head = (
        f"POST /films?name=half.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{server.running.port}\r\n"
        f"Cookie: {cookie}\r\nContent-Length: {2 * len(content)}\r\n\r\n"
    )
    connection.sendall(head.encode() + content)
    films = server.folder / "films"
    server.until(lambda: list(films.rglob("half.mp4")))
    connection.close()
    server.until(lambda: not list(films.rglob("half.mp4")))
