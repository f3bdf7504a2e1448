"""Copies the scripts into REAPER's resource folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import bridge
from engine.errors import EmsyncError
from engine.files import write_atomically

SCRIPTS = Path(bridge.__file__).resolve().parents[1] / "reaper_scripts" / "EMSYNC"
"""Where this installation has the scripts."""
PROGRAM = "Data/EMSYNC/program.txt"
"""Where the scripts read which emsync installed them, in the resource folder."""


def resource_folder(system: str, home: Path, environment: Mapping[str, str]) -> Path:
    """REAPER's resource folder of this user, on ``system`` (as ``sys.platform``)."""
    if system == "win32":
        return Path(environment.get("APPDATA") or home / "AppData/Roaming") / "REAPER"
    if system == "darwin":
        return home / "Library/Application Support/REAPER"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "REAPER"


def own_resource_folder() -> Path:
    """REAPER's resource folder of this user on this system."""
    return resource_folder(sys.platform, Path.home(), os.environ)


def files(scripts: Path = SCRIPTS) -> list[Path]:
    """The files of the scripts, relative to ``scripts``, sorted.

    Raises EmsyncError if this installation has none.
    """
    found = sorted(path.relative_to(scripts) for path in scripts.rglob("*.lua"))
    if not found:
        raise EmsyncError(f"{scripts}: the scripts are missing; install emsync-bridge again")
    return found


def install(resources: Path, program: str) -> list[Path]:
    """Copy the scripts into a resource folder; scripts of an earlier version are replaced.

    program: the path of the emsync program, which the scripts will start. Returns the actions'
    paths. Raises EmsyncError if there is no such folder or it can't be written.
    """
    if not resources.is_dir():
        raise EmsyncError(
            f"{resources}: no such folder; start REAPER once, or give its resource folder "
            "(Options > Show REAPER resource path) with --to"
        )
    target = resources / "Scripts" / "EMSYNC"
    listed = files()
    try:
        for old in target.glob("emsync_*.lua"):
            old.unlink()
        shutil.rmtree(target / "lib", ignore_errors=True)
        for name in listed:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SCRIPTS / name, target / name)
        (resources / PROGRAM).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmsyncError(
            f"{error.filename}: can't be written ({error.strerror}); check its permissions"
        ) from error
    write_atomically(resources / PROGRAM, f"{program}\n")
    return [target / name for name in listed if len(name.parts) == 1]
