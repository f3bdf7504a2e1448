"""How the server plays: on which way out, after whom, and as its options ask."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from bridge.midi.sender import SentOutput
from bridge.midi.sounding import Sounding
from bridge.play.follow.leader import Leader
from bridge.play.manner import Manner
from bridge.play.velocity import Dynamics
from bridge.server.stage import Stage
from engine.cues import CueSheet, Section, Video
from engine.errors import EmsyncError
from engine.score import Instrument, Note

from ..play.conftest import Page

REAPER = Leader("reaper", "19323")
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
    return [Page()]


@pytest.fixture
def staged(pages, told, tmp_path):
    """Within this there is a stage, whose next way out is the last of the pages; none is there
    while that is torn."""

    def opened():
        if pages[-1].torn:
            raise EmsyncError("a page: none is left")
        return SentOutput(pages[-1], Sounding(tmp_path, "page"))

    @asynccontextmanager
    async def begin(**manner):
        stage = Stage(opened(), told, opened, Manner(**manner))
        try:
            yield stage
        finally:
            await asyncio.to_thread(stage.close)

    return begin


def test_another_way_out_is_introduced_and_the_leader_kept(staged, pages, soon):
    async def run():
        async with staged(programs=True) as stage:
            await stage.follow(REAPER)
            pages[0].torn = True
            await stage.stop()
            with pytest.raises(EmsyncError, match="none is left"):
                await stage.play(0.0)
            assert stage.state()["follows"] is None
            pages.append(Page())
            await stage.play(0.0)
            state = stage.state()
            assert (state["follows"], state["trouble"]) == ("REAPER", None)
            await asyncio.to_thread(soon, lambda: programs(pages[1]) == len(Instrument))
            assert programs(pages[1]) == len(Instrument)

    asyncio.run(run())


def programs(page):
    return sum(message[0] & 0xF0 == 0xC0 for _, message in page.lines)


def test_with_a_leader_play_only_goes_there(staged, pages):
    async def run():
        async with staged() as stage:
            await stage.follow(REAPER)
            stage.expect("a job", CUES, 0.2, None)
            stage.extend("a job", (Note(Instrument.BASS, 1.0, 2.0, 40),), (), 4.0)
            await stage.play(1.0)
            assert (stage.state()["state"], stage.state()["seconds"]) == ("stopped", 1.0)
            await stage.play()
            assert stage.state()["seconds"] == 1.0
            await stage.follow(None)
            await stage.play()
            assert stage.state()["state"] == "playing"

    asyncio.run(run())


def test_no_two_drafts_are_struck_alike(staged, told, soon):
    chord = [Note(part, 0.0, 0.1, 40) for part in Instrument]

    async def run():
        async with staged(dynamics=Dynamics(human=1.0)) as stage:
            stage.expect("a job", CUES, 0.2, None)
            for half in (0, 1):
                notes = tuple(Note(n.instrument, half / 4, half / 4 + 0.1, n.pitch) for n in chord)
                stage.extend("a job", notes, (), (half + 1) / 4)
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
