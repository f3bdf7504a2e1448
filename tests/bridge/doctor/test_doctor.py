from __future__ import annotations

import pytest

from bridge.doctor import machine, ports
from bridge.doctor.finding import Finding
from bridge.doctor.round_trip import round_trip
from bridge.midi.backends import OutputConfig


@pytest.mark.parametrize("backend", ["jack", "rtmidi"])
def test_notes_come_back_from_real_ports(jack_server, tmp_path, backend):
    finding = round_trip(OutputConfig(backend), tmp_path)
    assert finding.verdict == "ok"
    assert "40 of 40 notes came back" in finding.text


def test_where_nothing_can_come_back_it_says_what_to_look_at(tmp_path):
    finding = round_trip(OutputConfig("vkb"), tmp_path)
    assert finding.verdict == "absent" and "meters" in finding.remedy


def test_without_an_output_there_is_no_trip(monkeypatch, tmp_path):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    assert round_trip(OutputConfig("jack"), tmp_path).verdict == "failing"
    assert [f.verdict for f in ports.choice(OutputConfig("jack"), tmp_path)] == ["failing"]
    assert ports.jack().verdict == "absent"


@pytest.mark.parametrize(
    ("output_config", "advice"),
    [
        (OutputConfig("vkb", port=8123), "Local listen port 8123"),
        (OutputConfig("jack"), "MIDI Inputs"),
    ],
)
def test_what_to_set_up_in_the_daw_is_said(jack_server, tmp_path, output_config, advice):
    output, daw = ports.choice(output_config, tmp_path)
    assert output.verdict == daw.verdict == "ok" and advice in daw.text


def test_without_a_server_it_says_how_to_start_one(tmp_path):
    finding = machine.server(tmp_path)
    assert finding.verdict == "absent" and finding.remedy == "start emsync serve"


def test_a_running_jack_is_described(jack_server):
    assert ports.jack() == Finding("JACK", "ok", "runs at 48000 Hz, period 256 (5.3 ms)")


def test_disk_is_looked_at_where_the_folder_will_be(monkeypatch, tmp_path):
    assert machine.disk(tmp_path / "not" / "yet").verdict == "ok"
    monkeypatch.setattr(machine, "ROOM", 10**18)
    assert machine.disk(tmp_path).verdict == "failing"


def test_the_shipped_network_is_loaded():
    pytest.importorskip("onnxruntime")
    assert machine.runtime().verdict == machine.model().verdict == "ok"


def test_a_failing_line_has_its_remedy():
    text = str(Finding("disk", "failing", "full", "make room"))
    assert text.startswith("failing") and text.endswith("-> make room")
