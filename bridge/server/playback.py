"""Playback: one player, the piece that is loaded into it, and the transport that it follows."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from bridge.midi.output import Output
from bridge.play.expression import expression
from bridge.play.follow.inputs import Follower
from bridge.play.follow.sync_source import SyncSource, follow
from bridge.play.midi_reader import read_beats
from bridge.play.options import PlaybackOptions
from bridge.play.piece import Moment, Piece
from bridge.play.player import Player
from bridge.server.hub import Hub
from bridge.server.playback_events import Watcher, publish_moment, status_json
from bridge.server.worker_protocol import Draft
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.section import Section

T = TypeVar("T")
POLL_INTERVAL = 0.05
"""Seconds from one reading of the player's status to the next."""


def _default_tempo(beats: float) -> float:
    """Quarter notes to seconds if no tempo is known: 120 a minute, the default of MIDI files."""
    return beats / 2


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What is known of the loaded piece.

    job: its job; None if no piece is loaded. sections: of its film. seconds_at: its tempo map,
    quarter notes to seconds. draft: whether it was loaded before it was finished.
    """

    job: str | None = None
    sections: tuple[Section, ...] = ()
    seconds_at: Callable[[float], float] = _default_tempo
    draft: bool = False


class Playback:
    """Plays the pieces of jobs.

    All requests run in order in a thread of their own, because the player may wait for its output.
    The caller can await a request; the event loop itself never waits.
    """

    def __init__(
        self,
        output: Output,
        hub: Hub,
        reopen: Callable[[], Output],
        playback_options: PlaybackOptions,
    ) -> None:
        """reopen: opens another output once the present one is gone for good."""
        self._player, self._hub = Player(output, self._publish), hub
        self._reopen, self._options = reopen, playback_options
        self._executor = ThreadPoolExecutor(1, "playback")
        self._loaded = _Loaded()
        self._sync_source: SyncSource | None = None
        self._follower: Follower[Any] | None = None
        """Receives the sync source; None while the output is gone."""
        self._chords: set[float] = set()
        """Onsets of the chords of the piece that is being composed."""
        self._cuts: list[float] = []
        """Where that piece was cut for its changes, in seconds, by their order."""

    @property
    def job(self) -> str | None:
        """The job whose piece is loaded."""
        return self._loaded.job

    def state(self) -> dict[str, Any]:
        """The state of playback as JSON. Never waits."""
        return status_json(self._player.status(), self.job)

    def has(self, job: str, finished: bool) -> bool:
        """Whether a job's piece is loaded. Never waits.

        finished: the job is done. Then a draft that has stopped does not count.
        """
        loaded = self._loaded
        outdated = finished and loaded.draft and self._player.state == "stopped"
        return loaded.job == job and not outdated

    async def load(self, job: str, folder: Path, cues: CueSheet) -> None:
        """Load the finished piece in ``folder``.

        Raises EmsyncError if that fails; then the piece that was loaded before stays.
        """
        piece = await asyncio.to_thread(self._options.read, folder)
        seconds_at = await asyncio.to_thread(read_beats, folder)
        await self._do(self._load, piece, _Loaded(job, cues.sections, seconds_at))

    async def play(self, seconds: float | None = None) -> None:
        """Play from ``seconds`` (default: from the current position).

        If a transport is followed, go there and play once the transport rolls. If the output is
        gone, open another one.
        """
        await self._do(self._play, seconds)

    async def pause(self) -> None:
        """Pause."""
        await self._do(self._player.pause)

    async def stop(self) -> None:
        """Stop; every note ends."""
        await self._do(self._player.stop)

    async def unload(self, job: str) -> None:
        """Stop and unload the piece of this job, if it is loaded."""
        if self.job == job:
            await self._do(self._unload, job)
        else:
            # It may still wait to be loaded.
            self._submit(self._unload, job)

    async def locate(self, seconds: float) -> None:
        """Go to a position."""
        await self._do(self._player.locate, seconds)

    async def loop(self, begin: float | None = None, end: float | None = None) -> None:
        """Repeat from ``begin`` to ``end`` (None: the piece's end); without both, end the loop."""
        if begin is None and end is not None:
            raise EmsyncError("loop: begin is missing; give a time")
        await self._do(self._player.loop, begin, end)

    async def follow(self, sync_source: SyncSource | None) -> None:
        """Follow a transport; None: follow none.

        Raises EmsyncError if it can't be received; then none is followed.
        """
        await self._do(self._follow, sync_source)

    def expect(
        self,
        job: str,
        cues: CueSheet,
        reserve: float,
        seconds_at: Callable[[float], float] | None,
    ) -> None:
        """Load a piece that is still to be composed.

        It plays once ``reserve`` seconds of it are composed. If a transport is followed, it plays
        when that rolls. seconds_at: its tempo map, quarter notes to seconds; None if unknown.
        """
        loaded = _Loaded(job, cues.sections, seconds_at or _default_tempo, draft=True)
        controls = expression(cues.sections) if self._options.expressive else ()
        piece = Piece((), (), cues.boundaries, cues.duration, controls, film_rate=cues.video.fps)
        self._submit(self._begin, piece, loaded, reserve)

    def extend(self, job: str, draft: Draft) -> None:
        """Add a draft to an expected piece, but for what later changes have cut."""
        self._submit(self._extend, job, draft)

    async def cut(self, job: str, choose: Callable[[float, float], float | None]) -> float | None:
        """Cut an expected piece for a change. Arguments as for ``Player.cut``.

        Returns where it was cut; None if it is not loaded, or if ``choose`` returns that.
        """
        return await self._do(self._cut, job, choose)

    async def reaches(self, job: str, open_: Callable[[float, float], bool]) -> bool:
        """Whether an expected piece is loaded and has not stopped, and ``open_`` is true.

        open_: receives the position, and the one up to which all is handed over.
        """
        return await self._do(self._reaches, job, open_)

    def set_sections(self, job: str, sections: tuple[Section, ...]) -> None:
        """Another emotion holds in an expected piece."""
        self._submit(self._set_sections, job, sections)

    def abandon(self, job: str) -> None:
        """Unload an expected piece that will not be finished."""
        self._submit(self._abandon, job)

    async def watch(self) -> None:
        """Publish heartbeats, errors and the film's emotion, until cancelled."""
        loop, watcher = asyncio.get_running_loop(), Watcher(self._hub)
        while True:
            loaded = self._loaded
            watcher.update(self._player.status(), loaded.job, loaded.sections, loop.time())
            await asyncio.sleep(POLL_INTERVAL)

    def close(self) -> None:
        """End every note, then close the ports. Waits for requests that run."""
        self._executor.submit(self._follow, None)
        self._executor.shutdown()
        self._player.close()

    def _publish(self, moment: Moment) -> None:
        publish_moment(self._hub, moment, self.job)

    # The methods below run in the executor's thread.

    def _load(self, piece: Piece, loaded: _Loaded, until: float | None = None) -> None:
        self._player.load(piece, until)
        self._loaded = loaded
        # The player reported its stop before the new piece had a name.
        self._hub.publish("state", **self.state())
        self._introduce()

    def _unload(self, job: str) -> None:
        if self.job == job:
            self._player.load(Piece((), (), (), 0.0))
            self._loaded = _Loaded()

    def _begin(self, piece: Piece, loaded: _Loaded, reserve: float) -> None:
        self._player.reserve.seconds = reserve
        self._chords.clear()
        self._cuts.clear()
        self._load(piece, loaded, until=0.0)
        self._play(0.0)

    def _extend(self, job: str, draft: Draft) -> None:
        if self.job != job:
            return
        # Music that was under way when the piece was cut counts up to there.
        end = min(self._cuts[draft.changes :], default=math.inf)
        chords = [chord for chord in draft.chords if chord < end]
        self._chords.update(chords)
        shaped = (self._options.dynamics.of(n, self._chords) for n in draft.notes if n.onset < end)
        self._player.extend(shaped, min(draft.until, max(end, 0.0)), chords)

    def _cut(self, job: str, choose: Callable[[float, float], float | None]) -> float | None:
        if self.job != job or not self._loaded.draft:
            return None
        seconds = self._player.cut(choose)
        if seconds is not None:
            self._cuts.append(seconds)
            self._chords = {chord for chord in self._chords if chord < seconds}
        return seconds

    def _reaches(self, job: str, open_: Callable[[float, float], bool]) -> bool:
        if self.job != job or not self._loaded.draft or self._player.state == "stopped":
            return False
        return open_(*self._player.reach())

    def _set_sections(self, job: str, sections: tuple[Section, ...]) -> None:
        if self.job == job:
            self._loaded = replace(self._loaded, sections=sections)

    def _abandon(self, job: str) -> None:
        if self._loaded.draft:
            self._unload(job)

    def _introduce(self) -> None:
        if self._options.programs and not self._player.output.gone:
            self._player.introduce()

    def _play(self, seconds: float | None) -> None:
        if self._player.output.gone:
            # A follower of the JACK server that ended would not receive the new one.
            self._close_follower()
            self._player.reopen(self._reopen)
            self._introduce()
        if self._sync_source is None:
            self._player.play(seconds)
            return
        if self._follower is None:
            self._open_follower(self._sync_source)
        if seconds is not None:
            self._player.locate(seconds)

    def _follow(self, sync_source: SyncSource | None) -> None:
        self._sync_source = None
        self._close_follower()
        if sync_source is not None:
            self._open_follower(sync_source)
            self._sync_source = sync_source

    def _open_follower(self, sync_source: SyncSource) -> None:
        # Another piece may be loaded when the tempo map is used.
        self._follower = follow(
            self._player, sync_source, lambda beats: self._loaded.seconds_at(beats)
        )

    def _close_follower(self) -> None:
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    async def _do(self, what: Callable[..., T], *args: Any) -> T:
        """Run a request in order, and wait for what it returns."""
        return await asyncio.wrap_future(self._executor.submit(what, *args))

    def _submit(self, what: Callable[..., None], *args: Any) -> None:
        """Run a request in order, without waiting; an error is published."""

        def report(done: Future[None]) -> None:
            error = None if done.cancelled() else done.exception()
            if error is not None:
                self._hub.publish("error", text=str(error))

        self._executor.submit(what, *args).add_done_callback(report)
