"""Somebody who follows a live piece and changes it."""

from __future__ import annotations

from collections.abc import Callable

from engine.composing.listener import Listener
from engine.cues import CueSheet
from engine.live.control import LiveChange
from engine.plan.plan import Plan


class Follower:
    """listener: made for the cue sheet at the beginning, and after each change.

    changes: come once the piece is complete, one after the other.
    """

    def __init__(self, listener: Callable[[CueSheet], Listener], *changes: LiveChange) -> None:
        self._listener, self._changes = listener, list(changes)

    def next_change(self, complete: bool, /) -> LiveChange | None:
        return self._changes.pop(0) if complete and self._changes else None

    def follow(self, cues: CueSheet, plan: Plan | None, change: LiveChange | None, /) -> Listener:
        return self._listener(cues)
