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
     {"port": 0}],
)  # fmt: skip
def test_wrong_wishes_are_one_line(wrong):
    with pytest.raises(EmsyncError, match=r"choose|give"):
        OutputConfig(**wrong)


def test_jack_is_chosen_where_it_runs_and_the_reason_given(jack_server):
    output, why = open_output(OutputConfig())
    assert isinstance(output, JackOutput) and "a JACK server runs" in why
    output.close()


@pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="this machine has ALSA")
def test_osc_is_left_without_a_midi_system_and_nothing_said_by_libraries(
    monkeypatch, tmp_path, capfd
):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    output, why = open_output(OutputConfig(), tmp_path)
    output.close()
    assert "OSC alone is left" in why and "not jack" in why
    assert capfd.readouterr().err == ""
    with pytest.raises(EmsyncError, match="no system answers"):
        open_output(OutputConfig("rtmidi"), tmp_path)


@pytest.mark.parametrize(
    "config", [OutputConfig("rtmidi"), OutputConfig("rtmidi", ports="one"), OutputConfig("existing", pattern="receiver")],
    ids=["virtual", "one virtual", "existing"],
)  # fmt: skip
def test_rtmidi_sends_everything_in_order(request, jack_server, config):
    virtual = config.backend == "rtmidi"
    receiver = request.getfixturevalue("receiver" if virtual else "passive_receiver")
    output, _ = open_output(config)
    parts = list(Instrument) * 20
    due = events(Note(i, n / 100, n / 100 + 0.02, 40 + n % 50, 1 + n) for n, i in enumerate(parts))
    try:
        if virtual:
            assert receiver.wait(lambda: _heard(output, receiver))
        for event in due:
            output.send(event.seconds, event.instrument, event.message)
        assert receiver.wait(lambda: len(receiver.notes()) >= len(due))
        for instrument in Instrument:
            sent = [event.message for event in due if event.instrument is instrument]
            heard = [h.message for h in receiver.notes() if h.message[0] & 15 == instrument.channel]
            assert heard == sent
    finally:
        output.close()


def _heard(output, receiver):
    """Whether the receiver is connected to every port: it hears a silence from each."""
    output.silence()
    return {heard.message[0] & 15 for heard in receiver.events} == {i.channel for i in Instrument}
