from __future__ import annotations

import os

import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.jack import JackOutput
from bridge.midi.messages import events
from engine.errors import EmsyncError
from engine.score import Instrument, Note


@pytest.mark.parametrize(
    "wrong",
    [{"backend": "pigeon"}, {"ports": "six"}, {"latency": 60.0}, {"latency": float("nan")},
     {"port": 0}, {"host": " "}],
)  # fmt: skip
def test_a_wrong_config_is_a_one_line_error(wrong):
    with pytest.raises(EmsyncError, match=r"choose|give"):
        OutputConfig(**wrong)


def test_a_running_jack_server_is_chosen_with_the_reason(jack_server):
    output, why = open_output(OutputConfig())
    assert isinstance(output, JackOutput) and "a JACK server runs" in why
    output.close()


@pytest.mark.rtmidi
@pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="this machine has ALSA")
def test_without_a_midi_system_osc_is_chosen_and_libraries_print_nothing(
    monkeypatch, tmp_path, capfd
):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    output, why = open_output(OutputConfig(), tmp_path)
    output.close()
    assert "OSC alone is left" in why and "not jack" in why
    assert capfd.readouterr().err == ""
    with pytest.raises(EmsyncError, match="no system answers"):
        open_output(OutputConfig("rtmidi"), tmp_path)


@pytest.mark.rtmidi
@pytest.mark.parametrize(
    "config",
    [
        OutputConfig("rtmidi"),
        OutputConfig("rtmidi", ports="one"),
        OutputConfig("existing", pattern="receiver"),
    ],
    ids=["virtual", "one virtual", "existing"],
)
def test_rtmidi_sends_everything_in_order(request, jack_server, config):
    virtual = config.backend == "rtmidi"
    receiver = request.getfixturevalue("receiver" if virtual else "passive_receiver")
    output, _ = open_output(config)
    parts = list(Instrument) * 20
    due = events(Note(i, n / 100, n / 100 + 0.02, 40 + n % 50, 1 + n) for n, i in enumerate(parts))
    try:
        if virtual:
            assert receiver.wait(lambda: _connected(output, receiver))
        for event in due:
            output.send(event.seconds, event.instrument, event.message)
        assert receiver.wait(lambda: len(receiver.notes()) >= len(due))
        for instrument in Instrument:
            sent = [event.message for event in due if event.instrument is instrument]
            received = [event.message for event in receiver.notes()]
            assert [m for m in received if m[0] & 15 == instrument.channel] == sent
    finally:
        output.close()


def _connected(output, receiver):
    """Whether the receiver is connected to every port: it receives the silence of each."""
    output.silence()
    return {event.message[0] & 15 for event in receiver.events} == {i.channel for i in Instrument}
