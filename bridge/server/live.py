"""The piece that is composed live: takes controls, and lets the worker process end it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.scoring.live import check_controls, control_values
from bridge.server import worker_protocol as protocol
from bridge.server.hub import Hub
from bridge.server.jobs import Job, WrongState
from bridge.server.playback import Playback
from engine.checks import flag
from engine.cues import CueSheet
from engine.live.control import EARLY, LiveChange, LiveControl, first_bars, next_bar, with_change
from engine.live.directed import directed
from engine.plan.plan import Plan

Send = Callable[[protocol.Change | protocol.Finish], None]
"""Sends a message to the worker process."""
LOOK = 0.1
"""Seconds between two looks at whether a piece can still be changed."""


@dataclass(slots=True)
class _Piece:
    """A piece that is composed. plan: the first one; None in free time. changes: that hold.

    sent: how many changes were sent. complete: whether it is composed to its end. ends: whether no
    change is taken any more.
    """

    job: str
    cues: CueSheet
    plan: Plan | None
    control: LiveControl = field(default_factory=LiveControl)
    changes: tuple[LiveChange, ...] = ()
    sent: int = 0
    complete: bool = False
    ends: bool = False

    def bars(self) -> tuple[tuple[int, float], ...]:
        """The bars from which it can change; none in free time, and without phrases."""
        return first_bars(self.plan) if self.plan is not None and self.plan.phrases else ()

    def can_change(self, position: float, ahead: float) -> bool:
        """Whether a bar is left. Arguments as for :func:`~engine.live.control.next_bar`."""
        return next_bar(self.bars(), position, ahead) is not None


class Live:
    """Controls the piece that is composed live, if there is one."""

    def __init__(self, playback: Playback, hub: Hub) -> None:
        self._playback, self._hub = playback, hub
        self._piece: _Piece | None = None
        self._lock = asyncio.Lock()

    @property
    def job(self) -> str | None:
        """The job that is composed live."""
        return None if self._piece is None else self._piece.job

    def changes(self, job: str) -> tuple[LiveChange, ...]:
        """The changes that hold in the piece of a job; none if it is not composed live."""
        return self._piece.changes if self._piece is not None and self._piece.job == job else ()

    def begin(self, job: str, cues: CueSheet, plan: Plan | None) -> None:
        """A live job begins to compose."""
        self._piece = _Piece(job, cues, plan)

    def drafted(self, job: str, draft: protocol.Draft) -> None:
        """The worker process has sent music of a job."""
        piece = self._piece
        if piece is not None and piece.job == job and draft.changes == piece.sent:
            piece.complete = draft.until >= piece.cues.duration

    def end(self, job: str) -> None:
        """A job is composed, or was broken off."""
        if self.job == job:
            self._piece = None

    async def control(self, job: Job, values: Mapping[str, Any], send: Send) -> dict[str, Any]:
        """Change the piece from the next bar on that can still be composed in time.

        values: the controls that change; with ``reset`` all others are as planned again. Returns
        where playback is, the bar, when it begins in seconds, and all controls that hold then.
        Raises EmsyncError for wrong values, and WrongState for a job that can't be changed.
        """
        asked = dict(values)
        base = LiveControl() if flag("reset", asked.pop("reset", False)) else None
        given = check_controls(asked)
        async with self._lock:
            piece = self._live_piece(job)
            control = replace(piece.control if base is None else base, **given)
            bars = piece.bars()
            if control == piece.control:
                bar = piece.changes[-1].bar if piece.changes else 1
                return self._answer(piece, bar, self._playback.state()["seconds"])
            found: list[tuple[int, float]] = []

            def choose(position: float, ahead: float) -> float | None:
                if (bar := next_bar(bars, position, ahead)) is None:
                    return None
                found.append((bar[0], position))
                return bar[1] - EARLY

            if await self._playback.cut(piece.job, choose) is None:
                raise WrongState(
                    f"job {job.id}: no bar is left that can change before its last chord; change "
                    "the finished piece with rescore"
                )
            ((bar, position),) = found
            change = LiveChange(bar, control)
            piece.control, piece.changes = control, with_change(piece.changes, change)
            piece.sent, piece.complete = piece.sent + 1, False
            send(protocol.Change(change))
            assert piece.plan is not None
            _, felt = directed(piece.plan, piece.cues, piece.changes)
            self._playback.set_sections(piece.job, felt.sections)
            answer = self._answer(piece, bar, position)
            instruments = " ".join(answer["instruments"] or ())
            self._hub.publish("control", **{**answer, "instruments": instruments})
            return answer

    async def watch(
        self, send: Callable[[str, protocol.Finish], None], composed: Callable[[str], None]
    ) -> None:
        """Let pieces end that can't change any more, until cancelled.

        send: to a job's process. composed: called with a job whose piece is composed to its end,
        but still waits for changes.
        """
        while True:
            await asyncio.sleep(LOOK)
            async with self._lock:
                piece = self._piece
                if piece is None or not piece.complete or piece.ends:
                    continue
                if await self._playback.reaches(piece.job, piece.can_change):
                    composed(piece.job)
                else:
                    piece.ends = True
                    send(piece.job, protocol.Finish())

    def _live_piece(self, job: Job) -> _Piece:
        piece = self._piece
        if piece is not None and piece.job == job.id and piece.ends:
            raise WrongState(
                f"job {job.id}: its last bars play; change the finished piece with rescore"
            )
        if piece is None or piece.job != job.id:
            raise WrongState(
                f"job {job.id} is not being composed live; change a finished piece with rescore"
            )
        if not piece.bars():
            raise WrongState(
                f"job {job.id}: its plan has no phrases that could change; plan it anew"
            )
        return piece

    def _answer(self, piece: _Piece, bar: int, position: float) -> dict[str, Any]:
        assert piece.plan is not None
        return {
            "job": piece.job,
            "position": round(position, 3),
            "bar": bar,
            "seconds": round(piece.plan.seconds_at(piece.plan.bar_line(bar)), 3),
            **control_values(piece.control),
        }
