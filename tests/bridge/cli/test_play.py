from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from engine.score import Instrument, Note, Score
from export.midi import write_midi

from ..processes import popen

RUN = "import sys; from bridge.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def score(tmp_path, monkeypatch):
    """A score of 1.2 s, whose last note sounds for the last half second."""
    monkeypatch.setenv("EMSYNC_STATE", str(tmp_path / "state"))
    notes = [Note(i, n / 10, n / 10 + 0.05, 60 + n) for n in range(5) for i in Instrument]
    notes += [Note(Instrument.STRINGS, 0.6, 1.2, 72)]
    path = tmp_path / "score.mid"
    write_midi(Score(tuple(notes), (0.0,), (), 1.2), path)
    return path


def test_a_score_arrives_whole(emsync, jack_server, receiver, score):
    result = emsync("play", score, "--backend", "jack", "--velocity", 70)
    assert result.status == 0 and "JACK, five ports" in result.out
    assert "52 messages" in result.out
    onsets = [h for h in receiver.notes() if h.message[0] & 0xF0 == 0x90]
    assert len(onsets) == 26 and {h.message[2] for h in onsets} == {70}
    assert not receiver.active_notes()


def test_ctrl_c_leaves_nothing_hanging(jack_server, receiver, score):
    process = popen(
        [sys.executable, "-c", RUN, "play", score, "--loop", "0-1.2"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert receiver.wait(lambda: ("strings", 3, 72) in receiver.active_notes())
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert b"stopped" in process.stderr.read()
    assert receiver.wait(lambda: not receiver.active_notes())


def test_ports_are_listed(emsync, jack_server, passive_receiver):
    result = emsync("play", "--list")
    assert result.status == 0 and "receiver:bass" in result.out


def test_a_former_option_is_taken_with_a_warning(emsync, score):
    result = emsync("play", score, "--backend", "none", "--wait", 0, "--from", 1, "--human", 1)
    assert result.status == 0 and "--human has no effect any more" in result.err


def test_a_part_of_a_piece_without_midi(emsync, score):
    words = ("--backend", "none", "--wait", 0, "--from", 0.55, "--programs")
    result = emsync("play", score, *words)
    assert result.status == 0 and "12 messages" in result.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give a MIDI file"), (("nothing.mid",), "nothing.mid"),
        (("SCORE", "--from", 9), "lasts"), (("SCORE", "--loop", "5"), "two times"),
        (("SCORE", "--loop", "0-9", "--backend", "none"), "loop"),
        (("SCORE", "--velocity", 0), "velocity"), (("SCORE", "--latency", 99), "latency"),
        (("SCORE", "--follow", "reaper", "--follow-port", "x", "--backend", "none"), "UDP"),
    ],
)  # fmt: skip
def test_errors_are_one_line(emsync, score, words, said):
    result = emsync("play", *(score if word == "SCORE" else word for word in words))
    assert result.status == 2 and said in result.err and result.err.count("\n") == 1


def test_the_doctor_reports_every_check(emsync, jack_server):
    pytest.importorskip("onnxruntime")
    result = emsync("doctor")
    lines = result.out.splitlines()
    assert result.status == 0 and not any(line.startswith("failing") for line in lines)
    for name in ("onnxruntime", "model", "disk", "JACK", "output", "round trip"):
        assert any(line[8:].startswith(name) for line in lines)
