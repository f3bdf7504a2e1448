"""Notifies a listener of what passes, without delaying who plays."""

from __future__ import annotations

from collections.abc import Callable

from bridge.midi.scheduler import Scheduler
from bridge.play.piece import Moment


class Notifier:
    """Calls a listener with each moment as it passes, in a thread of its own.

    Exceptions of the listener are logged and disturb nothing. Without a listener it does nothing.
    """

    def __init__(self, listener: Callable[[Moment], None] | None) -> None:
        self._scheduler = Scheduler(listener, "emsync listener") if listener else None

    def notify(self, moment: Moment) -> None:
        """Hand over a moment, for when it passes."""
        if self._scheduler is not None:
            self._scheduler.send(moment.when, moment)

    def drop(self) -> None:
        """Discard all that has not passed, except changes of state."""
        if self._scheduler is not None:
            self._scheduler.drop(keep=lambda moment: moment.kind == "state")

    def close(self) -> None:
        """End the thread."""
        if self._scheduler is not None:
            self._scheduler.close()
