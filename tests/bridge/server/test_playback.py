"""How the server plays: on which output, after which transport, and with its options."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.follow.sync_source import SyncSource
from bridge.play.options import PlaybackOptions
from bridge.play.velocity import Dynamics
from bridge.server.playback import Playback
from bridge.server.worker_protocol import Draft
from engine.cues import CueSheet, Video
from engine.errors import EmsyncError
from engine.score import Instrument, Note, Score
from engine.section import Section
from export.midi import write_midi

from ..play.conftest import RecordingSink

REAPER = SyncSource("reaper", "19323")
CUES = CueSheet(
    Video("film.mp4", 4.0, 25.0, 64, 48), 0.0, 4.0, (), (), (Section(0, 4, {}, 0.0, 0.0, "test"),)
)


class RecordingHub(list):
    """Records all events."""

    def publish(self, kind, /, **fields):
        self.append({"event": kind, **fields})


class Output(ScheduledOutput):
    """An output whose every call waits or fails, if the test says so."""

    def __init__(self, sink, active_notes):
        self.free = threading.Event()
        self.free.set()
        self.hangs, self.fails = 0.0, False
        super().__init__(sink, active_notes)

    def send(self, when, instrument, message):
        time.sleep(self.hangs)
        super().send(when, instrument, message)

    def silence(self):
        self.free.wait(10)
        if self.fails:
            raise EmsyncError("a recording: stuck")
        super().silence()


@pytest.fixture
def hub():
    return RecordingHub()


@pytest.fixture
def sinks():
    """The sinks of the outputs, one after another."""
    return [RecordingSink()]


@pytest.fixture
def outputs():
    """The outputs that were opened."""
    return []


@pytest.fixture
def running(sinks, outputs, hub, tmp_path):
    """Run a playback. It opens outputs to the last of the sinks, and none if that is gone."""

    def open_output():
        if sinks[-1].gone:
            raise EmsyncError("a recording: none is left")
        outputs.append(Output(sinks[-1], ActiveNotes(tmp_path, "recording")))
        return outputs[-1]

    @asynccontextmanager
    async def run(**playback_options):
        playback = Playback(open_output(), hub, open_output, PlaybackOptions(**playback_options))
        try:
            yield playback
        finally:
            await asyncio.to_thread(playback.close)

    return run


@pytest.fixture
def pieces(tmp_path):
    """The folders of two pieces, of 1 and 2 seconds."""
    folders = {}
    for seconds in (1, 2):
        folders[seconds] = tmp_path / f"piece-{seconds}"
        folders[seconds].mkdir()
        notes = (Note(Instrument.PIANO, 0.0, float(seconds), 60),)
        write_midi(Score(notes, (), (), float(seconds)), folders[seconds] / "score.mid")
    return folders


def test_a_new_output_gets_the_programs_and_the_sync_source_is_kept(running, sinks, soon):
    async def run():
        async with running(programs=True) as playback:
            await playback.follow(REAPER)
            sinks[0].gone = True
            await playback.stop()
            with pytest.raises(EmsyncError, match="none is left"):
                await playback.play(0.0)
            assert playback.state()["follows"] is None
            sinks.append(RecordingSink())
            await playback.play(0.0)
            state = playback.state()
            assert (state["follows"], state["trouble"]) == ("REAPER", None)
            await asyncio.to_thread(soon, lambda: programs(sinks[1]) == len(Instrument))
            assert programs(sinks[1]) == len(Instrument)

    asyncio.run(run())


def programs(sink):
    return sum(message[0] & 0xF0 == 0xC0 for _, message in sink.messages)


def test_with_a_sync_source_play_only_moves_the_position(running):
    async def run():
        async with running() as playback:
            await playback.follow(REAPER)
            playback.expect("a job", CUES, 0.2, None)
            playback.extend("a job", Draft((Note(Instrument.BASS, 1.0, 2.0, 40),), (), 4.0))
            await playback.play(1.0)
            assert (playback.state()["state"], playback.state()["seconds"]) == ("stopped", 1.0)
            await playback.play()
            assert playback.state()["seconds"] == 1.0
            await playback.follow(None)
            await playback.play()
            assert playback.state()["state"] == "playing"

    asyncio.run(run())


def test_a_chord_of_a_draft_has_its_boost(running, hub, soon):
    notes = tuple(Note(part, 0.0, 0.1, 40) for part in Instrument)

    async def run():
        async with running(dynamics=Dynamics(boost=0)) as playback:
            playback.expect("a job", CUES, 0.2, None)
            playback.extend("a job", Draft(notes, (0.0,), 0.25))
            await asyncio.to_thread(soon, lambda: len(velocities(hub)) == len(notes))

    asyncio.run(run())
    assert sorted(velocities(hub)) == [40, 40, 80, 80, 80]


def velocities(hub):
    return [event["velocity"] for event in hub if event["event"] == "note"]


def test_a_job_is_named_once_its_piece_is_loaded(running, outputs, hub, pieces):
    async def run():
        async with running() as playback:
            await playback.load("first", pieces[1], CUES)
            outputs[0].free.clear()
            loading = asyncio.create_task(playback.load("second", pieces[2], CUES))
            await asyncio.sleep(0.3)
            state = playback.state()
            assert (state["job"], state["duration"]) == ("first", 1.0)
            assert playback.has("first", True) and not playback.has("second", True)
            outputs[0].free.set()
            await loading
            state = playback.state()
            assert (state["job"], state["duration"]) == ("second", 2.0)

    asyncio.run(run())
    named = [event["job"] for event in hub if event["event"] == "state"]
    assert "first" in named and named[-1] == "second"


@pytest.mark.parametrize("live", [False, True])
def test_the_loaded_piece_stays_playable_if_another_can_not_be_loaded(
    running, outputs, hub, pieces, soon, live
):
    async def run():
        async with running() as playback:
            await playback.load("first", pieces[1], CUES)
            outputs[0].fails = True
            if live:
                playback.expect("second", CUES, 0.2, None)
                playback.extend("second", Draft((), (), 3.0))
                await asyncio.to_thread(soon, lambda: errors(hub))
            else:
                with pytest.raises(EmsyncError, match="stuck"):
                    await playback.load("second", pieces[2], CUES)
            outputs[0].fails = False
            assert playback.has("first", True) and not playback.has("second", False)
            await playback.play(0.0)
            state = playback.state()
            assert (state["state"], state["job"], state["duration"]) == ("playing", "first", 1.0)

    asyncio.run(run())
    assert errors(hub) == (["a recording: stuck"] if live else [])


def errors(hub):
    return [event["text"] for event in hub if event["event"] == "error"]


def test_no_job_is_named_if_the_first_piece_can_not_be_loaded(running, outputs, pieces):
    async def run():
        async with running() as playback:
            outputs[0].fails = True
            with pytest.raises(EmsyncError, match="stuck"):
                await playback.load("first", pieces[1], CUES)
            outputs[0].fails = False
            assert (playback.state()["job"], playback.state()["duration"]) == (None, 0.0)

    asyncio.run(run())


def test_a_piece_without_files_is_not_loaded(running, tmp_path):
    async def run():
        async with running() as playback:
            with pytest.raises(EmsyncError):
                await playback.load("a job", tmp_path / "nowhere", CUES)
            assert playback.job is None

    asyncio.run(run())


def test_unloading_stops_that_job_only_and_leaves_no_piece(running, pieces):
    async def run():
        async with running() as playback:
            await playback.load("first", pieces[1], CUES)
            await playback.play(0.0)
            await playback.unload("second")
            playback.abandon("first")
            await playback.locate(0.5)
            assert (playback.job, playback.state()["state"]) == ("first", "playing")
            await playback.unload("first")
            state = playback.state()
            assert (state["job"], state["state"], state["duration"]) == (None, "stopped", 0.0)

    asyncio.run(run())


def test_an_expected_piece_is_abandoned(running):
    async def run():
        async with running() as playback:
            playback.expect("a job", CUES, 0.2, None)
            await playback.loop()
            assert playback.has("a job", False) and playback.state()["state"] == "waiting"
            playback.abandon("a job")
            await playback.loop()
            assert (playback.job, playback.state()["state"]) == (None, "stopped")

    asyncio.run(run())


def test_the_event_loop_never_waits_for_an_output_that_hangs(running, outputs, hub, pieces):
    """Each message takes 2 s to send, and the player holds its lock meanwhile."""

    async def run():
        async with running() as playback:
            await playback.load("a job", pieces[1], CUES)
            outputs[0].hangs = 2.0
            watching = asyncio.create_task(playback.watch())
            playing = asyncio.create_task(playback.play(0.0))
            begun, slowest = time.monotonic(), 0.0
            while time.monotonic() - begun < 1.5:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                state = playback.state()
                assert playback.has("a job", True)
                playback.extend("another job", Draft((), (), 1.0))
                playback.abandon("another job")
                slowest = max(slowest, time.monotonic() - before)
            assert slowest < 0.5
            assert (state["state"], state["job"]) == ("playing", "a job")
            assert not playing.done()
            heartbeats = [e for e in hub if e["event"] == "state" and e["state"] == "playing"]
            assert heartbeats
            outputs[0].hangs = 0.0
            await playing
            watching.cancel()

    asyncio.run(run())


@pytest.mark.parametrize("live", [False, True])
def test_velocities_programs_and_expression_are_sent(jack_server, receiver, start, film, live):
    words = ("--velocity", 70, "--boost", 0, "--programs", "--expression")
    server = start(None, "--backend", "jack", *words)
    try:
        job = server.ended(server.submit(film, live=live, reserve=0.5, dynamics=0, free=True))
        assert job["state"] == "done"
        server.client.ask("POST", "/play", {"job": job["id"], "seconds": 0})
        assert receiver.wait(lambda: len(receiver.notes()) > 10)
        heads = [event.message[0] & 0xF0 for event in receiver.events]
        assert heads.count(0xC0) >= len(Instrument) and heads.count(0xB0) >= len(Instrument)
        found = [e.message[2] for e in receiver.notes() if e.message[0] & 0xF0 == 0x90]
        assert set(found) == {70}
    finally:
        server.end()
