"""The state folder: where the server keeps its files, and where its clients find it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import replacing

RUNNING = "server.json"
"""The file in the state folder that says where the server listens. It exists while it runs."""


def state_folder() -> Path:
    """The user's state folder: ``$EMSYNC_STATE``, or the usual place on this system."""
    if chosen := os.environ.get("EMSYNC_STATE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(base) / "emsync"


def private_folder(path: Path) -> Path:
    """Make the folder ``path`` where needed, and let no other user read it; return ``path``.

    Raises EmsyncError when it can't be made or belongs to another user.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise EmsyncError(
            f"{path}: can't be kept private ({error.strerror}); give another --state folder"
        ) from error
    return path


@dataclass(frozen=True, slots=True)
class Running:
    """A running server: its process, the address it listens on, and its access token."""

    pid: int
    host: str
    port: int
    osc_port: int | None
    token: str
    version: str


def write_running(folder: Path, running: Running) -> None:
    """Record the running server for this user's programs; no other user can read the file."""
    with replacing(folder / RUNNING) as beside:
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(asdict(running)) + "\n", encoding="utf-8")


def read_running(folder: Path) -> Running | None:
    """The server recorded in ``folder``, or None. It may have died since."""
    try:
        return Running(**json.loads((folder / RUNNING).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget_running(folder: Path) -> None:
    """Remove the record: the server has ended."""
    (folder / RUNNING).unlink(missing_ok=True)
