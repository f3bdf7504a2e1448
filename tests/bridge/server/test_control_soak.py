"""How soon a control is heard, with the network that comes with emsync, into JACK."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest

from bridge.play.midi_reader import read_piece

from .test_control import of_kind, position

SECONDS = 48
WINDOW = 6.0
"""Seconds before and after a change in which notes are counted."""
CONTROLS = (
    (6.0, {"valence": 0.8, "arousal": 0.9}),
    (16.0, {"valence": -0.7, "arousal": -0.8}),
    (26.0, {"instruments": ["bass", "drums", "strings"], "density": 30}),
    (36.0, {"reset": True}),
)


@pytest.mark.soak
@pytest.mark.parametrize("bpm", [60, 90, 120, 150])
def test_controls_are_heard_within_two_bars_at_any_tempo(
    jack_server, receiver, start, draw_film, tmp_path, bpm
):
    """Prints what each control did. A bar at 60 beats a minute lasts four seconds."""
    pytest.importorskip("onnxruntime")
    from engine.model.runtime import SHIPPED

    film = draw_film(tmp_path / "film.mp4", SECONDS, 24)
    server = start(None, "--model", SHIPPED, "--backend", "jack")
    jobs, asked, heard, done = [], [], [], []

    def perform():
        jobs.append(server.submit(film, live=True, bpm=bpm, seed=bpm))
        for seconds, values in CONTROLS:
            server.until(lambda at=seconds: position(server) >= at)
            asked.append(time.monotonic())
            server.client.ask("POST", f"/jobs/{jobs[0]}/control", values)

    def ended(event):
        heard.append((time.monotonic(), event))
        if event["event"] == "job" and event["id"] in jobs and event["state"] == "done":
            done.append(event)
        return bool(done) and event["event"] == "state" and event["state"] == "stopped"

    events = server.events(ended, perform)
    folder = server.folder / "pieces" / jobs[0]
    plan = json.loads((folder / "plan.json").read_text())
    bar = plan["bars"][0] * plan["duration"] / plan["points"][-1]["beat"]
    states = [e["state"] for e in of_kind(events, "state")]
    begun = states.index("playing")
    waits = sum(a == "playing" and b == "waiting" for a, b in pairwise(states[begun:]))
    notes = read_piece(folder).notes
    for sent, change in zip(asked, of_kind(events, "control"), strict=True):
        start_at, now = change["seconds"], change["position"]
        sounds = next(
            at for at, e in heard if e["event"] == "note" and e["seconds"] >= start_at - 0.01
        )
        counts = [
            [n for n in notes if at <= n.onset < at + WINDOW]
            for at in (start_at - WINDOW, start_at)
        ]
        rates = [len(count) / WINDOW for count in counts]
        players = [sorted({n.instrument.value for n in count}) for count in counts]
        print(
            f"{bpm} bpm, at {now:.1f} s: bar {change['bar']}, {(start_at - now) / bar:.2f} bars, "
            f"{sounds - sent:.2f} s; notes a second {rates[0]:.1f} -> {rates[1]:.1f}; "
            f"{'+'.join(players[0])} -> {'+'.join(players[1])}"
        )
        assert start_at - now <= 2 * bar
    print(f"{bpm} bpm: waited {waits} times for music; active {receiver.active_notes()}")
    assert receiver.active_notes() == set()
    server.end()
