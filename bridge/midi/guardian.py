"""A guardian: a small process that ends the notes at once if this one is killed.

It reads a pipe whose other end is held by this process alone. When the pipe ends without a word,
this process has died in some way that closed nothing, as after ``kill -9``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

DISMISSED = b"."
"""What it reads when its work is over."""


class Guardian:
    """The guardian of one open output."""

    def __init__(self, config: Mapping[str, Any], records: Path, ports: Iterable[str] = ()) -> None:
        """config: the fields of the output's config. records: the folder of its active notes.
        ports: the full names of its JACK ports; the guardian sends to where they lead."""
        words = [json.dumps(dict(config)), str(records.absolute()), *ports]
        # A session of its own: what is sent to our process group, such as Ctrl-C, is not for it.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bridge.midi.guardian_process", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def dismiss(self) -> None:
        """End it: the notes have ended. Returns at once."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(DISMISSED)
            self._process.stdin.flush()
        with suppress(OSError):
            self._process.stdin.close()
        # So that it leaves no zombie, and closing an output does not wait for it.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)
