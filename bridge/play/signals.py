"""A clean exit on a signal.

By default SIGTERM ends a process without running any ``finally`` block. Here it raises SystemExit
instead, as Ctrl-C raises KeyboardInterrupt, so that the player is closed first. Further signals
can't interrupt that.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def graceful_exit() -> Iterator[None]:
    """Within this, the first SIGTERM, SIGINT or SIGHUP raises, and later ones are ignored.

    The exception is raised in the main thread, which must enter this context manager.
    """

    def end(number: int, frame: FrameType | None) -> None:
        for other in _SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
