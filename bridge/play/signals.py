"""Ending well when told to end.

SIGTERM ends a process without running any of its ``finally`` blocks. Here it raises SystemExit
instead, as Ctrl-C raises KeyboardInterrupt, so that what plays is closed on the way out; further
signals can't cut that short.
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
    """Within this, the first SIGTERM, SIGINT or SIGHUP raises in the main thread, and the others
    are ignored. To be entered from the main thread."""

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
