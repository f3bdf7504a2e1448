"""The server and the command line make the same files from the same request."""

from __future__ import annotations

import json

import pytest

from bridge.cli import main
from engine.score import Instrument

from .conftest import PLAN

REQUESTS = {
    "plain": {},
    "controls": {"bpm": 96, "time_signature": "3/4", "key": "F#m", "density": 9, "seed": 2},
    "sampling": {
        "temperature": 1.1, "top_p": 0.95, "min_p": 0.01, "guidance": 2.5, "repetition": 1.2,
    },
    "film": {
        "emotion": "joy", "arousal": -0.5, "start": 0.5, "end": 2.5, "boundaries": [0.25, 1.5],
        "instruments": ["bass", "piano"], "takes": 3,
    },
    "harmony": {"chords": "Dm | A7 Dm", "feel": "swing", "seed": 3},
    "plan": {"plan": PLAN, "seed": 4},
    "free": {"free": True, "density": 9},
}  # fmt: skip
BESIDE = (
    "cues.json", "plan.json", "score.svg", "score.musicxml", "strip.jpg", "written.mid",
)  # fmt: skip
MIDI = ("score.mid", *(f"stems/{i.value}.mid" for i in Instrument))


def words(request, tmp_path):
    """The request as options of the command line."""
    for name, value in request.items():
        if name == "boundaries":
            path = tmp_path / "hits.txt"
            path.write_text("\n".join(map(str, value)))
            value = path
        elif name == "plan":
            path = tmp_path / "edited.json"
            path.write_text(json.dumps(value))
            value = path
        elif isinstance(value, list):
            value = ",".join(value)
        yield f"--{name.replace('_', '-')}"
        if value is not True:
            yield str(value)


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_files_are_byte_identical(server, film, network_file, tmp_path, request_):
    request = {"takes": 1, **request_}
    job = server.ended(server.submit(film, **{"audio": "wav", **request}))
    assert job["state"] == "done", job
    out = tmp_path / "out"
    network = ("--model", str(network_file), "--device", "cpu", "--threads", "1")
    assert main(["score", str(film), "-o", str(out), *network, *words(request, tmp_path)]) == 0
    files = [name for name in job["files"] if name not in ("report.json", "scores.npz")]
    planned = "free" not in request
    sound = [name for name in files if name.endswith((".wav", ".mp4"))]
    assert {"score.wav", "film.mp4"} < set(sound)
    assert len(files) - len(sound) == len(MIDI) + len(BESIDE) - (not planned) + request["takes"] - 1
    assert ("plan.json" in files) == planned
    for name in files:
        assert server.client.file(job["id"], name) == (out / name).read_bytes(), name
    theirs = json.loads(server.client.file(job["id"], "report.json"))
    ours = json.loads((out / "report.json").read_text())
    assert {**theirs, "timings": None} == {**ours, "timings": None}
