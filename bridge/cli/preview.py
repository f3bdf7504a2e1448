"""``emsync preview``: opens a scored film in the player of the desktop."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from engine.errors import EmsyncError
from export.piece import FILMS, SOUNDS


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("out"), metavar="OUT",
        help="the folder that emsync score wrote (default: out)",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Open the film, or its sound where there is no film; without a desktop, say where it lies."""
    path = film_of(args.folder)
    opener = desktop_opener()
    if opener is None:
        print(f"no desktop here; the film is {path.resolve()}")
        return
    print(f"opening {path}")
    try:
        subprocess.Popen(
            [*opener, str(path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise EmsyncError(
            f"{path}: no player opens it ({error.strerror}); open it yourself"
        ) from error


def film_of(folder: Path) -> Path:
    """The newest film of a score, or else its sound. Raises EmsyncError for a folder without."""
    if folder.is_file():
        return folder
    for names in (FILMS, SOUNDS):
        found = [folder / name for name in names if (folder / name).is_file()]
        if found:
            return max(found, key=lambda path: path.stat().st_mtime)
    if not folder.is_dir():
        raise EmsyncError(f"{folder}: no such folder; give what emsync score wrote")
    raise EmsyncError(
        f"{folder}: has no film and no sound; score the film again without --no-audio"
    )


def desktop_opener() -> list[str] | None:
    """The command that opens a file with its usual program; None where there is no screen."""
    if sys.platform == "win32":
        return ["cmd", "/c", "start", ""]
    if sys.platform == "darwin":
        return None if os.environ.get("SSH_CONNECTION") else ["open"]
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    program = shutil.which("xdg-open")
    return [program] if screen and program else None
