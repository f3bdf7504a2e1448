"""How the server plays: on which way out, after whom, and as its options ask."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.follow.sync_source import SyncSource
from bridge.play.options import PlaybackOptions
from bridge.play.velocity import Dynamics
from bridge.server.playback import Playback
from engine.cues import CueSheet, Section, Video
from engine.errors import EmsyncError
from engine.score import Instrument, Note

from ..play.conftest import RecordingSink

REAPER = SyncSource("reaper", "19323")
CUES = CueSheet(
    Video("film.mp4", 4.0, 25.0, 64, 48), 0.0, 4.0, (), (), (Section(0, 4, {}, 0.0, 0.0, "test"),)
)


class Told(list):
    """An announcer that writes down what it is to tell."""

    def tell(self, kind, /, **fields):
        self.append({"event": kind, **fields})


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def pages():
    """What is played on, one after another."""
    return [RecordingSink()]


@pytest.fixture
def staged(pages, told, tmp_path):
    """Within this there is a playback, whose next way out is the last of the pages; none is there
    while that is torn."""

    def opened():
        if pages[-1].gone:
            raise EmsyncError("a page: none is left")
        return ScheduledOutput(pages[-1], ActiveNotes(tmp_path, "page"))

    @asynccontextmanager
    async def begin(**playback_options):
        playback = Playback(opened(), told, opened, PlaybackOptions(**playback_options))
        try:
            yield playback
        finally:
            await asyncio.to_thread(playback.close)

    return begin


def test_another_way_out_is_introduced_and_the_leader_kept(staged, pages, soon):
    async def run():
        async with staged(programs=True) as playback:
            await playback.follow(REAPER)
            pages[0].gone = True
            await playback.stop()
            with pytest.raises(EmsyncError, match="none is left"):
                await playback.play(0.0)
            assert playback.state()["follows"] is None
            pages.append(RecordingSink())
            await playback.play(0.0)
            state = playback.state()
            assert (state["follows"], state["trouble"]) == ("REAPER", None)
            await asyncio.to_thread(soon, lambda: programs(pages[1]) == len(Instrument))
            assert programs(pages[1]) == len(Instrument)

    asyncio.run(run())


def programs(page):
    return sum(message[0] & 0xF0 == 0xC0 for _, message in page.messages)


def test_with_a_leader_play_only_goes_there(staged, pages):
    async def run():
        async with staged() as playback:
            await playback.follow(REAPER)
            playback.expect("a job", CUES, 0.2, None)
            playback.extend("a job", (Note(Instrument.BASS, 1.0, 2.0, 40),), (), 4.0)
            await playback.play(1.0)
            assert (playback.state()["state"], playback.state()["seconds"]) == ("stopped", 1.0)
            await playback.play()
            assert playback.state()["seconds"] == 1.0
            await playback.follow(None)
            await playback.play()
            assert playback.state()["state"] == "playing"

    asyncio.run(run())


def test_no_two_drafts_are_struck_alike(staged, told, soon):
    chord = [Note(part, 0.0, 0.1, 40) for part in Instrument]

    async def run():
        async with staged(dynamics=Dynamics(human=1.0)) as playback:
            playback.expect("a job", CUES, 0.2, None)
            for half in (0, 1):
                notes = tuple(Note(n.instrument, half / 4, half / 4 + 0.1, n.pitch) for n in chord)
                playback.extend("a job", notes, (), (half + 1) / 4)
            await asyncio.to_thread(soon, lambda: len(struck(told)) == 2 * len(chord))

    asyncio.run(run())
    assert struck(told)[: len(chord)] != struck(told)[len(chord) :]


def struck(told):
    return [event["velocity"] for event in told if event["event"] == "note"]


@pytest.mark.parametrize("live", [False, True])
def test_velocities_programs_and_expression(jack_server, receiver, start, film, live):
    words = ("--velocity", 70, "--boost", 0, "--programs", "--expression")
    server = start(None, "--backend", "jack", *words)
    try:
        job = server.ended(server.submit(film, live=live, reserve=0.5))
        assert job["state"] == "done"
        server.client.ask("POST", "/play", {"job": job["id"], "seconds": 0})
        assert receiver.wait(lambda: len(receiver.notes()) > 10)
        heads = [heard.message[0] & 0xF0 for heard in receiver.events]
        assert heads.count(0xC0) >= len(Instrument) and heads.count(0xB0) >= len(Instrument)
        found = [h.message[2] for h in receiver.notes() if h.message[0] & 0xF0 == 0x90]
        assert set(found) == {70}
    finally:
        server.end()
