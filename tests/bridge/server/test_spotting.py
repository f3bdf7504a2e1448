"""Jobs with a spotting list."""

from __future__ import annotations

import pytest

from bridge.cli import main
from engine.errors import EmsyncError

LIST = [
    {"name": "1m1", "start": 0.25, "end": 1.5},
    {"name": "1m2", "start": 1.75, "end": 2.75, "variation_of": "1m1", "emotion": "tense"},
]


def test_a_job_has_the_files_of_the_command_line_and_plays_its_reel(
    server, film, network_file, tmp_path
):
    job = server.ended(server.submit(film, spotting=LIST))
    assert job["state"] == "done", job
    assert job["request"]["spotting"] == LIST
    assert {"reel.mid", "stems/bass.mid", "1m1/score.mid", "1m2/stems/piano.mid"} <= {*job["files"]}
    assert "score.mid" not in job["files"]

    text = tmp_path / "spotting.txt"
    text.write_text("0.25 - 1.5 1m1\n1.75 - 2.75 1m2 [variation of 1m1, tense]\n")
    network = ("--model", str(network_file), "--device", "cpu", "--threads", "1", "--takes", "1")
    out = tmp_path / "out"
    assert main(["score", str(film), "-o", str(out), "--spotting", str(text), *network]) == 0
    for name in job["files"]:
        if name.endswith(".mid"):
            assert server.client.file(job["id"], name) == (out / name).read_bytes(), name

    state = server.client.ask("POST", "/play", {"job": job["id"]})
    assert state["job"] == job["id"] and state["duration"] == pytest.approx(3.0, abs=0.1)
    server.client.ask("POST", "/stop")

    # Another seed composes the same cues anew.
    again = server.client.ask("POST", f"/jobs/{job['id']}/regenerate", {"seed": 4})
    again = server.ended(again["id"])
    assert again["state"] == "done", again
    assert set(again["files"]) - {"scores.npz"} == set(job["files"]) - {"scores.npz"}
    one, other = (server.client.file(each["id"], "reel.mid") for each in (job, again))
    assert one != other


def test_progress_rises_from_cue_to_cue(server, film):
    events = server.events(
        lambda event: event.get("state") == "done", lambda: server.submit(film, spotting=LIST)
    )
    shares = [e["share"] for e in events
              if e["event"] == "progress" and e["state"] == "composing"]  # fmt: skip
    assert shares == sorted(shares)
    # The first cue has the greater part of the music.
    assert any(0.3 < share < 0.6 for share in shares) and max(shares) > 0.7


def test_a_live_job_of_several_cues_is_refused(server, film):
    with pytest.raises(EmsyncError, match="live: a film with a spotting list plays once it is don"):
        server.submit(film, spotting=LIST, live=True)


def test_a_wrong_list_is_refused(server, film):
    with pytest.raises(EmsyncError, match=r"the name '1m1/2' can't be that"):
        server.submit(film, spotting=[{**LIST[0], "name": "1m1/2"}])
    with pytest.raises(EmsyncError, match="can't be that of a folder"):
        server.submit(film, spotting=[{**LIST[0], "name": "../../x"}])
    job = server.ended(server.submit(film, spotting=[{**LIST[0], "end": 20}]))
    assert (job["state"], job["error"]) == (
        "failed", "spotting: 1m1: its out point, 20 s, is beyond the end, 3.000 s",
    )  # fmt: skip
