"""Sheet music as PDF, set by MuseScore where that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import EmsyncError
from engine.files import write_atomically

PROGRAMS = (
    *("mscore", "musescore", "MuseScore4", "mscore4portable", "mscore4", "musescore4"),
    *("MuseScore3", "mscore3", "musescore3"),
)
"""Names of MuseScore on the search path."""
PATIENCE = 120.0
"""Seconds that MuseScore may take."""


def check_musescore(exports: Sequence[str]) -> None:
    """Check that a PDF can be made, if it is among ``exports``. Call it before any work.

    Raises EmsyncError without MuseScore.
    """
    if "pdf" in exports and _program() is None:
        raise EmsyncError(
            f"pdf: MuseScore is not found ({', '.join(PROGRAMS)}); install it, put it on the "
            "search path, or open score.musicxml in a notation program"
        )


def write_pdf(notation: Path, path: Path) -> None:
    """Write the pages of a MusicXML file to ``path``; warns if MuseScore fails.

    Raises EmsyncError if ``path`` can't be written.
    """
    program = _program()
    if program is None:
        warnings.warn(f"{path.name}: MuseScore is gone; open {notation.name} in it", stacklevel=2)
        return
    with TemporaryDirectory() as folder:
        pages = Path(folder) / path.name
        try:
            subprocess.run(
                [program, "-o", str(pages), str(notation)],
                env=_environment(), capture_output=True, check=True, timeout=PATIENCE,
            )  # fmt: skip
            data = pages.read_bytes()
        except (subprocess.SubprocessError, OSError):
            warnings.warn(
                f"{path.name}: MuseScore could not set {notation.name}; open it there",
                stacklevel=2,
            )
            return
    write_atomically(path, data)


def _program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def _environment() -> dict[str, str]:
    """Where there is no screen, Qt draws without one."""
    has_screen = sys.platform in ("win32", "darwin") or "DISPLAY" in os.environ
    return {**os.environ} if has_screen else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
