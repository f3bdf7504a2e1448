"""Where the server keeps its things, and how its clients find it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import replacing

RUNNING = "server.json"
"""The file in the state folder that says where the server listens; there while it runs."""


def state_folder() -> Path:
    """The user's state folder: ``$EMSYNC_STATE``, or where this system keeps such things."""
    if chosen := os.environ.get("EMSYNC_STATE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(base) / "emsync"


def own_version() -> str:
    """The version of emsync, as far as it is known."""
    try:
        return version("emsync-bridge")
    except PackageNotFoundError:
        return "from a source tree"


def private_folder(path: Path) -> Path:
    """The folder ``path``, made where needed, for this user alone.

    Raises EmsyncError when it can't be made or belongs to someone else.
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
    """A server that runs: its process, where it listens, and the token that it asks for."""

    pid: int
    host: str
    port: int
    osc_port: int | None
    token: str
    version: str


def write_running(folder: Path, running: Running) -> None:
    """Tell this user's programs of the server; no other user can read it."""
    with replacing(folder / RUNNING) as beside:
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(asdict(running)) + "\n", encoding="utf-8")


def read_running(folder: Path) -> Running | None:
    """The server that said it runs; None where none did. It may have died since."""
    try:
        return Running(**json.loads((folder / RUNNING).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget_running(folder: Path) -> None:
    """The server no longer runs."""
    (folder / RUNNING).unlink(missing_ok=True)
