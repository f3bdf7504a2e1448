"""The folders that this process may read films from.

A server checks the path of a film when a job is submitted. Until the film is opened, somebody may
put a link in its place. So the process that opens it checks the open file once more.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from engine.errors import EmsyncError

_allowed: tuple[Path, ...] = ()
"""Empty: anywhere."""


def allow_only(folders: Iterable[Path]) -> None:
    """From now on this process reads films from these folders only; none: from anywhere."""
    global _allowed
    _allowed = tuple(folder.resolve() for folder in folders)


def check_opened(file: BinaryIO, path: Path) -> None:
    """Check that an open film lies in an allowed folder, links resolved.

    Raises EmsyncError if it does not, or if the path leads to another file by now.
    """
    if not _allowed:
        return
    try:
        real = path.resolve()
        same = os.path.samestat(os.fstat(file.fileno()), real.stat())
    except (OSError, RuntimeError) as error:
        raise EmsyncError(f"{path}: was replaced while it was opened; try again") from error
    if not same or not any(real.is_relative_to(folder) for folder in _allowed):
        raise EmsyncError(
            f"{path}: leads out of the folders that films may come from; put the film itself there"
        )


def check_path(path: Path) -> None:
    """Check that a file that a library opens by itself lies in an allowed folder, links resolved.

    Where folders are named, a bundle is refused: what is in it could lead anywhere. Raises
    EmsyncError.
    """
    if not _allowed:
        return
    if path.is_dir():
        raise EmsyncError(f"{path}: is a folder; give a single file")
    try:
        with path.open("rb") as file:
            check_opened(file, path)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
