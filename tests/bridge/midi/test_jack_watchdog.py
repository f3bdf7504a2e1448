from __future__ import annotations

import signal

import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.jack_watchdog import JackWatchdog
from bridge.play.player import Player
from engine.errors import EmsyncError


def test_a_server_that_stalls_is_reported(server, soon):
    watchdog = JackWatchdog()

    def problem():
        try:
            watchdog.check()
        except EmsyncError as error:
            return str(error)
        return None

    assert not problem()
    server.send_signal(signal.SIGSTOP)
    assert soon(problem) and "stalled" in problem()
    server.send_signal(signal.SIGCONT)
    assert soon(lambda: not problem())
    watchdog.close()


@pytest.mark.rtmidi
def test_through_rtmidi_playback_stops_and_reports_why(server, scale, soon):
    player = Player(open_output(OutputConfig("rtmidi"))[0])
    player.load(scale(200))
    player.play()
    assert soon(lambda: player.output.lateness().messages)
    server.send_signal(signal.SIGSTOP)
    assert soon(lambda: "stalled" in (player.status().fault or ""))
    assert player.state == "stopped" and player.output.gone
    server.send_signal(signal.SIGCONT)
    player.close()
