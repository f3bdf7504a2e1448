from __future__ import annotations

import pytest

from bridge.doctor import machine, ports
from bridge.doctor.finding import Finding
from bridge.doctor.round_trip import round_trip
from bridge.midi.backends import OutputConfig
from engine.errors import EmsyncError


@pytest.mark.parametrize("backend", ["jack", pytest.param("rtmidi", marks=pytest.mark.rtmidi)])
def test_notes_come_back_from_real_ports(jack_server, tmp_path, backend):
    finding = round_trip(OutputConfig(backend), tmp_path)
    assert finding.verdict == "ok"
    assert "40 of 40 notes came back" in finding.text


def test_where_nothing_can_come_back_it_says_what_to_watch(tmp_path):
    finding = round_trip(OutputConfig("vkb"), tmp_path)
    assert finding.verdict == "absent" and "meters" in finding.remedy


def test_without_an_output_the_round_trip_fails(monkeypatch, tmp_path):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    assert round_trip(OutputConfig("jack"), tmp_path).verdict == "failing"
    assert [f.verdict for f in ports.chosen_output(OutputConfig("jack"), tmp_path)] == ["failing"]
    assert ports.jack().verdict == "absent"


@pytest.mark.parametrize(
    ("output_config", "advice"),
    [
        (OutputConfig("vkb", port=8123), "Local listen port 8123"),
        (OutputConfig("jack"), "MIDI Inputs"),
    ],
)
def test_it_says_what_to_set_up_in_the_daw(jack_server, tmp_path, output_config, advice):
    output, daw = ports.chosen_output(output_config, tmp_path)
    assert output.verdict == daw.verdict == "ok" and advice in daw.text


def test_without_a_server_it_says_how_to_start_one():
    def read_state():
        raise EmsyncError("no server runs here; start emsync serve")

    finding = machine.server(read_state)
    assert finding == Finding("server", "absent", "no server runs here", "start emsync serve")


def test_a_running_jack_is_described(jack_server):
    assert ports.jack() == Finding("JACK", "ok", "runs at 48000 Hz, period 256 (5.3 ms)")


def test_the_disk_of_a_folder_still_to_be_made_is_checked(monkeypatch, tmp_path):
    assert machine.disk(tmp_path / "not" / "yet").verdict == "ok"
    monkeypatch.setattr(machine, "ROOM", 10**18)
    assert machine.disk(tmp_path).verdict == "failing"


def test_the_shipped_network_loads():
    pytest.importorskip("onnxruntime")
    assert machine.runtime().verdict == machine.model().verdict == "ok"


def test_a_failing_finding_prints_its_remedy():
    text = str(Finding("disk", "failing", "full", "make room"))
    assert text.startswith("failing") and text.endswith("-> make room")
