"""An hour of music reaches a real receiver, faster than real time: all events, in order."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.messages import events
from bridge.play.piece import Piece
from bridge.play.player import Player
from engine.score import Instrument, Note

FASTER = 20
"""An hour of music takes three minutes."""


def long_piece(seconds, a_second):
    rng = np.random.default_rng(3)
    number = round(seconds * a_second)
    onsets = np.sort(rng.uniform(0, seconds, number))
    lengths = rng.uniform(0.1, 1.0, number)
    parts = rng.choice(list(Instrument), number)
    pitches, velocities = rng.integers(21, 109, number), rng.integers(1, 128, number)
    notes = tuple(
        Note(part, onset, onset + length, int(pitch), int(velocity))
        for part, onset, length, pitch, velocity in zip(
            parts,
            (onsets / FASTER).tolist(),
            (lengths / FASTER).tolist(),
            pitches,
            velocities,
            strict=True,
        )
    )
    return Piece(notes, (), (), seconds / FASTER + 1)


@pytest.mark.parametrize("seconds", [40, pytest.param(3600, marks=pytest.mark.soak)])
@pytest.mark.parametrize("backend", ["jack", pytest.param("rtmidi", marks=pytest.mark.rtmidi)])
def test_all_events_of_an_hour_arrive_in_order(receiver, backend, seconds):
    piece = long_piece(seconds, 8)
    player = Player(open_output(OutputConfig(backend))[0])
    try:
        if backend == "jack":
            assert receiver.wait(player.output.connected)
        else:
            time.sleep(2)
        receiver.events.clear()
        player.load(piece)
        begun = time.monotonic()
        player.play()
        while player.status().state != "stopped":
            time.sleep(0.1)
        summary = player.output.lateness()
    finally:
        player.close()
    due = events(piece.notes)
    receiver.wait(lambda: len(receiver.notes()) >= len(due))
    errors = []
    for instrument in Instrument:
        sent = [event for event in due if event.instrument is instrument]
        received = [r for r in receiver.notes() if r.message[0] & 15 == instrument.channel]
        received = received[: len(sent)]
        assert [event.message for event in received] == [event.message for event in sent]
        errors += [r.seconds - s.seconds for r, s in zip(received, sent, strict=True)]
    errors = 1000 * np.abs(np.array(errors) - np.median(errors))
    print(
        f"\n{backend}: {len(due)} events in {time.monotonic() - begun:.0f} s, none lost; timing "
        f"error at the receiver, ms: median {np.median(errors):.3f}, p99 "
        f"{np.quantile(errors, 0.99):.3f}, worst {errors.max():.3f}; at the sender {summary}"
    )
