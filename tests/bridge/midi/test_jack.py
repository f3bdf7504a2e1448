from __future__ import annotations

import signal
import threading
import time

import numpy as np
import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.messages import events, note_on
from bridge.play.player import Player
from engine.errors import EmsyncError
from engine.score import Instrument, Note

from ..conftest import Receiver


@pytest.fixture
def opened(jack_server):
    """Open JACK outputs; they are closed at the end."""
    outputs = []

    def open_one(**config):
        outputs.append(open_output(OutputConfig("jack", **config))[0])
        return outputs[-1]

    yield open_one
    for output in outputs:
        output.close()


def random_events(seconds, number):
    """The events of a random piece."""
    rng = np.random.default_rng(1)
    onsets = np.sort(rng.uniform(0, seconds, number))
    parts = rng.choice(list(Instrument), number)
    pitches, velocities = rng.integers(21, 109, number), rng.integers(1, 128, number)
    lengths = rng.uniform(0.05, 0.3, number)
    return events(
        Note(part, onset, onset + length, int(pitch), int(velocity))
        for part, onset, length, pitch, velocity in zip(
            parts, onsets, lengths, pitches, velocities, strict=True
        )
    )


def send_all(output, due):
    begin = time.monotonic() + output.lead + 0.1
    for event in due:
        output.send(begin + event.seconds, event.instrument, event.message)


def test_every_event_arrives_in_order_at_its_frame(opened, receiver):
    output = opened()
    assert receiver.wait(output.connected)
    due = random_events(2.0, 400)
    send_all(output, due)
    assert receiver.wait(lambda: len(receiver.events) >= len(due))
    delays = []
    for instrument in Instrument:
        sent = [event for event in due if event.instrument is instrument]
        received = [event for event in receiver.events if event.port == instrument.value]
        assert [event.message for event in received] == [event.message for event in sent]
        delays += [r.seconds - s.seconds for r, s in zip(received, sent, strict=True)]
    errors = 1000 * np.abs(delays - np.median(delays))
    print(f"timing error, ms: median {np.median(errors):.3f}, worst {errors.max():.3f}")
    assert output.lateness().messages == len(due)
    assert np.median(errors) < 1.0


def test_more_events_than_a_cycle_holds_all_arrive(opened, receiver):
    output = opened(ports="one")
    assert receiver.wait(output.connected)
    due = [e for n in range(40) for e in events(Note(i, 0, 1, p) for i in Instrument
           for p in range(n % 2, 100, 2))]  # fmt: skip
    begin = time.monotonic() + output.lead
    for event in due:
        output.send(begin, event.instrument, event.message)
    assert receiver.wait(lambda: len(receiver.events) >= len(due))
    assert [received.message for received in receiver.events] == [event.message for event in due]


def test_silence_ends_only_active_notes_and_does_so_twice(opened, receiver):
    output = opened()
    assert receiver.wait(output.connected)
    send_all(output, [e for e in events([Note(Instrument.PIANO, 0, 1, 60)]) if e.note])
    assert receiver.wait(receiver.active_notes)
    output.silence()
    assert receiver.wait(lambda: len(receiver.events) == 1 + 2 * 16)
    piano = [event.message.hex() for event in receiver.events if event.port == "piano"]
    assert piano == ["923c50", *["823c00", "b24000", "b27b00", "b27800"] * 2]


def test_ports_are_connected_by_pattern(opened, passive_receiver):
    output = opened(pattern="receiver:")
    assert output.connected()
    send_all(output, events([Note(Instrument.DRUMS, 0, 0.1, 36)]))
    assert passive_receiver.wait(lambda: len(passive_receiver.events) == 2)
    assert {event.port for event in passive_receiver.events} == {"drums"}


def test_a_pattern_without_a_match_is_an_error(opened):
    with pytest.raises(EmsyncError, match="no port matches"):
        opened(pattern="no such port")


def test_no_server_is_a_one_line_error(monkeypatch, tmp_path):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    monkeypatch.setenv("EMSYNC_STATE", str(tmp_path))
    with pytest.raises(EmsyncError, match="JACK") as caught:
        open_output(OutputConfig("jack"))
    assert "\n" not in str(caught.value)


def test_a_server_that_stalls_is_reported_until_it_goes_on(server, soon):
    output = open_output(OutputConfig("jack"))[0]
    assert output.trouble() is None
    server.send_signal(signal.SIGSTOP)
    assert soon(lambda: "stalled" in (output.trouble() or ""))
    server.send_signal(signal.SIGCONT)
    assert soon(lambda: output.trouble() is None)
    assert not output.gone
    output.close()


def test_playback_waits_for_a_server_that_stalls_and_then_omits_nothing(server, scale, soon):
    piece = scale(60)
    player = Player(open_output(OutputConfig("jack"))[0])
    receiver = Receiver()
    player.load(piece)
    player.play()
    assert receiver.wait(receiver.notes)
    server.send_signal(signal.SIGSTOP)
    assert soon(lambda: player.state == "waiting")
    assert "stalled" in player.status().trouble
    server.send_signal(signal.SIGCONT)
    assert soon(lambda: player.state == "stopped")
    player.close()
    receiver.close()
    played = {event.message[1] for event in receiver.notes() if event.message[0] & 0xF0 == 0x90}
    assert played >= {note.pitch for note in piece.notes[1:]}
    assert not receiver.active_notes()


def test_the_status_does_not_wait_for_a_server_that_stalls(server, scale):
    player = Player(open_output(OutputConfig("jack"))[0])
    player.load(scale(200, first=20))
    player.play(1.0)
    server.send_signal(signal.SIGSTOP)
    stopping = threading.Thread(target=player.stop)
    stopping.start()
    time.sleep(0.2)
    begun = time.monotonic()
    status = player.status()
    assert time.monotonic() - begun < 0.1
    assert stopping.is_alive() and status.state == "playing" and 1.0 <= status.position < 2.0
    server.send_signal(signal.SIGCONT)
    stopping.join()
    assert player.status().state == "stopped"
    player.close()


def test_a_server_that_ends_is_reported(jackd, soon):
    with jackd(256, 200):
        output = open_output(OutputConfig("jack"))[0]
    assert soon(lambda: output.gone)
    assert "has stopped" in output.trouble()
    with pytest.raises(EmsyncError, match="has stopped"):
        output.send(time.monotonic(), Instrument.BASS, note_on(Instrument.BASS, 40, 80))
    output.close()
