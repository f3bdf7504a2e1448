"""The playback: one player, the piece on it, and the emotion of the film as it passes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bridge.midi.output import Output
from bridge.play.expression import expression
from bridge.play.follow.inputs import Follower
from bridge.play.follow.sync_source import SyncSource, follow
from bridge.play.midi_reader import read_beats
from bridge.play.options import PlaybackOptions
from bridge.play.piece import Moment, Piece, Status
from bridge.play.player import Player
from bridge.play.velocity import shaped
from bridge.server.announcer import Announcer
from engine.cues import CueSheet, Section
from engine.errors import EmsyncError
from engine.score import Note

HEARTBEAT = 1.0
"""Seconds between two tellings of an unchanged state."""
GLANCE = 0.05
"""Seconds between two looks at the player."""


class Playback:
    """Plays. What it is asked for happens in order, in a thread of its own: whoever asks may wait
    for it, the event loop never does."""

    def __init__(
        self,
        output: Output,
        announcer: Announcer,
        reopen: Callable[[], Output],
        playback_options: PlaybackOptions,
    ) -> None:
        """reopen: opens another output once the first is gone for good. playback_options: how pieces are
        played."""
        self._player, self._announcer = Player(output, self._hear), announcer
        self._reopen, self._options = reopen, playback_options
        self._executor = ThreadPoolExecutor(1, "playback")
        self._sections: tuple[Section, ...] = ()
        self._seconds_at: Callable[[float], float] = _usual_beats
        """The piece's tempo map, quarter notes to seconds."""
        self._sync_source: SyncSource | None = None
        self._follower: Follower[Any] | None = None
        """Hears the sync_source; none while the way out is gone."""
        self._drafted = False
        """Whether the piece was put on playback before it was finished."""
        self._chance = playback_options.dynamics.chance()
        """Goes on from one draft of a piece to the next."""
        self.job: str | None = None
        """The job whose piece is on playback."""

    def state(self) -> dict[str, Any]:
        """How playing stands, as JSON."""
        return self._json(self._player.status())

    def _json(self, status: Status) -> dict[str, Any]:
        return {
            "state": status.state,
            "seconds": round(status.position, 3),
            "duration": status.duration,
            "reserve": round(status.reserve, 3),
            "job": self.job,
            "loop": status.loop,
            "late": status.late,
            "follows": status.follows,
            "fault": status.fault,
            "trouble": status.trouble,
            "output": status.output,
        }

    def has(self, job: str, finished: bool) -> bool:
        """Whether a job's piece is on playback; one that is finished, and has stopped, in its final
        form."""
        drafted = self._drafted and self._player.state == "stopped"
        return self.job == job and not (finished and drafted)

    async def load(self, job: str, folder: Path, cues: CueSheet) -> None:
        """Put the finished piece in ``folder`` on playback."""
        piece = await asyncio.to_thread(self._options.read, folder)
        seconds_at = await asyncio.to_thread(read_beats, folder)
        self._enter(job, cues, seconds_at)
        await self._do(self._load, piece)

    async def play(self, seconds: float | None = None) -> None:
        """Play, from ``seconds`` on or from where it stands; where a transport is followed, be
        there, and play when it rolls. On a new output if the one before is gone."""
        await self._do(self._play, seconds)

    async def pause(self) -> None:
        """Pause."""
        await self._do(self._player.pause)

    async def stop(self) -> None:
        """Stop; every note is ended."""
        await self._do(self._player.stop)

    async def leave(self) -> None:
        """Stop, and have nothing at hand."""
        await self.stop()
        self.job = None

    async def locate(self, seconds: float) -> None:
        """Go to a time."""
        await self._do(self._player.locate, seconds)

    async def loop(self, begin: float | None = None, end: float | None = None) -> None:
        """Repeat from ``begin`` to ``end`` (None: the piece's end); without both, no longer."""
        if begin is None and end is not None:
            raise EmsyncError("loop: begin is missing; give a time")
        await self._do(self._player.loop, begin, end)

    async def follow(self, sync_source: SyncSource | None) -> None:
        """Play as that transport does; None: no longer. Raises EmsyncError where it can't be
        heard; then nobody's is followed."""
        await self._do(self._follow, sync_source)

    def expect(self, job: str, cues: CueSheet, reserve: float, bpm: float | None) -> None:
        """Put a piece on playback that is still to be composed, and play it once ``reserve`` seconds
        of it are there, or when the transport that is followed rolls. bpm: the tempo that was
        asked for."""
        self._enter(job, cues, _usual_beats if bpm is None else lambda beats: beats * 60 / bpm)
        self._drafted = True
        self._chance = self._options.dynamics.chance()
        controls = expression(cues.sections) if self._options.expressive else ()
        piece = Piece((), (), cues.boundaries, cues.duration, controls)
        self._order(self._begin, piece, reserve)

    def extend(
        self, job: str, notes: tuple[Note, ...], chords: tuple[float, ...], until: float
    ) -> None:
        """More of the piece that is expected: all that begins before ``until`` is there now."""
        if job == self.job:
            draft = shaped(Piece(notes, (), (), until), self._options.dynamics, self._chance)
            self._order(self._player.extend, draft.notes, until, chords)

    def abandon(self, job: str) -> None:
        """No more will come of a piece that is expected."""
        if job == self.job and self._drafted:
            self.job = None
            self._order(self._player.stop)

    async def watch(self) -> None:
        """Tell that all is well, what keeps notes from leaving, and of the film's emotion as it
        passes, until cancelled."""
        loop = asyncio.get_running_loop()
        section, beat, wrong = None, -HEARTBEAT, None
        while True:
            status = self._player.status()
            if wrong is None and (status.trouble or status.fault):
                self._announcer.tell("error", text=status.trouble or status.fault)
            wrong = status.trouble or status.fault
            if loop.time() - beat >= HEARTBEAT:
                beat = loop.time()
                self._announcer.tell("state", **self._json(status))
            here = self._section(status.position) if status.state == "playing" else None
            if here is not None and here is not section:
                self._announcer.tell(
                    "emotion",
                    seconds=here.start,
                    valence=_known(here.valence),
                    arousal=_known(here.arousal),
                )
            section = here
            await asyncio.sleep(GLANCE)

    def close(self) -> None:
        """Every note is ended, then the ports are given back."""
        self._executor.submit(self._follow, None)
        self._executor.shutdown()
        self._player.close()

    def _hear(self, moment: Moment) -> None:
        """The player's thread tells of what passes."""
        if moment.note is not None:
            note = moment.note
            self._announcer.tell(
                "note",
                instrument=note.instrument.value,
                pitch=note.pitch,
                velocity=note.velocity,
                seconds=moment.seconds,
                duration=note.end - note.onset,
            )
        elif moment.status is not None:
            self._announcer.tell("state", **self._json(moment.status))
        else:
            self._announcer.tell(moment.kind, seconds=moment.seconds)

    def _enter(self, job: str, cues: CueSheet, seconds_at: Callable[[float], float]) -> None:
        self.job, self._sections, self._seconds_at = job, cues.sections, seconds_at
        self._drafted = False

    def _begin(self, piece: Piece, reserve: float) -> None:
        self._player.reserve = reserve
        self._load(piece, until=0.0)
        self._play(0.0)

    def _load(self, piece: Piece, until: float | None = None) -> None:
        self._player.load(piece, until)
        self._introduce()

    def _introduce(self) -> None:
        if self._options.programs and not self._player.output.gone:
            self._player.introduce()

    def _play(self, seconds: float | None) -> None:
        if self._player.output.gone:
            # What is heard through the JACK server that ended would end with us on the new one.
            self._leave_sync_source()
            self._player.reopen(self._reopen)
            self._introduce()
        if self._sync_source is None:
            self._player.play(seconds)
            return
        if self._follower is None:
            self._hear_sync_source(self._sync_source)
        if seconds is not None:
            self._player.locate(seconds)

    def _follow(self, sync_source: SyncSource | None) -> None:
        self._sync_source = None
        self._leave_sync_source()
        if sync_source is not None:
            self._hear_sync_source(sync_source)
            self._sync_source = sync_source

    def _hear_sync_source(self, sync_source: SyncSource) -> None:
        # Asked anew each time: another piece may be on playback by then.
        self._follower = follow(self._player, sync_source, lambda beats: self._seconds_at(beats))

    def _leave_sync_source(self) -> None:
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def _section(self, seconds: float) -> Section | None:
        return next((s for s in self._sections if s.start <= seconds < s.end), None)

    async def _do(self, what: Callable[..., None], *args: Any) -> None:
        await asyncio.wrap_future(self._executor.submit(what, *args))

    def _order(self, what: Callable[..., None], *args: Any) -> None:
        """Have it done with nobody waiting; what goes wrong is told to all."""

        def look(done: Future[None]) -> None:
            error = None if done.cancelled() else done.exception()
            if error is not None:
                self._announcer.tell("error", text=str(error))

        self._executor.submit(what, *args).add_done_callback(look)


def _usual_beats(beats: float) -> float:
    """Quarter notes to seconds where no tempo is known: 120 a minute, as MIDI has it."""
    return beats / 2


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
