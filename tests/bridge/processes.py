"""Processes that end with the tests: also when the tests are killed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

MORTAL = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
"""Words before a command. Linux ends it when the thread that started it has ended (prctl(2))."""


def popen(words: Sequence[object], **options: Any) -> subprocess.Popen[Any]:
    """``subprocess.Popen``, for a process that ends with this one."""
    return subprocess.Popen([*MORTAL, *map(str, words)], **options)
