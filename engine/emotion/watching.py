"""Hands a film's pictures and sound to the experts while it is decoded.

Each expert works in a thread of its own with a short queue, so that decoding and the experts share
the cores. An expert sees its pictures in order, so a film always gives the same tracks.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from queue import Queue
from threading import Thread

from engine.arrays import Image, Samples
from engine.emotion.experts.expert import Expert, Track, Watcher

_WAITING = 32
"""Pictures or blocks of sound that wait for an expert, at most."""
_SLACK = 0.001
"""Stamps are rounded, so a picture may come this much too early, in seconds."""


class Watching:
    """One pass of some experts over a film."""

    def __init__(self, experts: Sequence[Expert]) -> None:
        self._members = [_Member(expert) for expert in experts]

    @property
    def needs_sound(self) -> bool:
        """Whether any expert receives sound."""
        return any(member.expert.needs_sound for member in self._members)

    def picture(self, time: float, picture: Callable[[int], Image]) -> None:
        """The next frame, at ``time`` seconds. picture: makes it from its longer side in pixels."""
        pictures: dict[int, Image] = {}
        for member in self._members:
            if time >= member.due - _SLACK:
                side = member.expert.side
                if side not in pictures:
                    pictures[side] = picture(side)
                member.due = time + member.expert.interval
                member.give(partial(_picture, time=time, image=pictures[side]))

    def sound(self, time: float, samples: Samples) -> None:
        """The next block of sound; ``time`` is that of its first sample."""
        for member in self._members:
            if member.expert.needs_sound:
                member.give(partial(_sound, time=time, samples=samples))

    def finish(self) -> dict[str, Track]:
        """The track of each expert, by name. One that failed is left out, with a warning."""
        tracks: dict[str, Track] = {}
        for member in self._members:
            track = member.finish(tracks)
            if track is not None:
                tracks[member.expert.name] = track
        return tracks

    def stop(self) -> None:
        """End all threads without a result."""
        for member in self._members:
            member.end()


class _Member:
    """An expert at work.

    due: from when on it takes the next picture, in seconds.
    """

    def __init__(self, expert: Expert) -> None:
        self.expert = expert
        self.due = -math.inf if expert.side else math.inf
        self._queue: Queue[Callable[[Watcher], None] | None] = Queue(_WAITING)
        self._failure: Exception | None = None
        self._watcher: Watcher | None = None
        self._thread = Thread(target=self._work, name=f"expert {expert.name}", daemon=True)
        self._thread.start()

    def give(self, block: Callable[[Watcher], None]) -> None:
        """Hand over a block; waits while too many wait. block: receives the watcher."""
        self._queue.put(block)

    def end(self) -> None:
        """Wait until everything given was seen."""
        if self._thread.is_alive():
            self._queue.put(None)
        self._thread.join()

    def finish(self, earlier: dict[str, Track]) -> Track | None:
        self.end()
        try:
            if self._watcher is not None and self._failure is None:
                return self._watcher.finish(earlier)
        except Exception as error:
            self._failure = error
        warnings.warn(
            f"the expert {self.expert.name} failed ({self._failure}) and is left out",
            stacklevel=3,
        )
        return None

    def _work(self) -> None:
        # Experts run foreign code on foreign data. Whatever fails, the others go on.
        try:
            self._watcher = self.expert.watch()
        except Exception as error:
            self._failure = error
        while (block := self._queue.get()) is not None:
            if self._failure is None and self._watcher is not None:
                try:
                    block(self._watcher)
                except Exception as error:
                    self._failure = error


def _picture(watcher: Watcher, time: float, image: Image) -> None:
    watcher.picture(time, image)


def _sound(watcher: Watcher, time: float, samples: Samples) -> None:
    watcher.sound(time, samples)
