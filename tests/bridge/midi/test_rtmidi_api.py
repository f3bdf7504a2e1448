"""What works without python-rtmidi, which has no wheel for every Python."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bridge.cli import main
from bridge.doctor import ports
from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.jack import JackOutput
from bridge.play.follow.inputs import follow_midi
from bridge.play.follow.time_code import TimeCode
from bridge.play.player import Player
from engine.errors import EmsyncError

MISSING = "python-rtmidi is not installed; pip install 'emsync-bridge\\[rtmidi\\]'"


@pytest.fixture(autouse=True)
def without_rtmidi(monkeypatch):
    """Python finds no module of this name."""
    monkeypatch.setitem(sys.modules, "rtmidi", None)


@pytest.mark.parametrize("backend", ["rtmidi", "existing"])
def test_its_ports_are_refused_in_one_line(tmp_path, backend):
    with pytest.raises(EmsyncError, match=MISSING) as caught:
        open_output(OutputConfig(backend, pattern="x"), tmp_path)
    assert "\n" not in str(caught.value)


def test_jack_is_chosen_as_before(jack_server, tmp_path):
    output, why = open_output(OutputConfig(), tmp_path)
    output.close()
    assert isinstance(output, JackOutput) and "a JACK server runs" in why


def test_without_jack_osc_is_left_and_the_reason_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    output, why = open_output(OutputConfig(), tmp_path)
    output.close()
    assert "OSC alone is left" in why and "python-rtmidi is not installed" in why


@pytest.mark.parametrize("pattern", [None, "DAW"])
def test_time_code_by_its_ports_is_refused_in_one_line(tmp_path, pattern):
    player = Player(open_output(OutputConfig("none"), tmp_path)[0])
    try:
        with pytest.raises(EmsyncError, match=MISSING):
            follow_midi(player, TimeCode(), pattern)
    finally:
        player.close()


def test_the_doctor_says_what_is_missing_and_how_to_get_it():
    finding = ports.midi_systems()
    assert (finding.verdict, finding.text) == ("absent", "python-rtmidi is not installed")
    assert finding.remedy.startswith("pip install 'emsync-bridge[rtmidi]'")


def test_ports_are_not_listed(capsys):
    assert main(["play", "--list"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_every_command_that_plays_can_be_imported():
    code = (
        "import sys; sys.modules['rtmidi'] = None; "
        "import bridge.cli.play, bridge.cli.serve, bridge.cli.doctor, bridge.server.server"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
