"""Where commands write: not over what is there already, unless the user says ``--force``."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bridge.scoring.files import CUES, EXPORT_FILES, PICTURE, PLAN, REPORT, RESULT, SCORES, STRIP
from engine.cues_json import read_cues
from engine.errors import EmsyncError
from engine.files import check_replaceable, output
from export.piece import FILMS, NOTATION, REEL, SCORE, SOUND_FORMATS, SOUNDS, STEMS, TAKES, WRITTEN

_SOUNDS = (*SOUNDS, *(f"{STEMS}/*.{form}" for form in SOUND_FORMATS))
_STALE = (
    *(PLAN, SCORE, SCORES, NOTATION, PICTURE, STRIP, REEL, WRITTEN, f"{TAKES}/take-*.mid"),
    *(*_SOUNDS, *FILMS, *EXPORT_FILES),
)
"""Files that not every result has; those of an earlier result go when it is replaced."""


def keep_source(folder: Path, video: Path) -> None:
    """Check that a result does not replace the film that it is made of.

    Raises EmsyncError for a film in the folder that has the name of a file of a result.
    """
    if video.exists() and any(
        (folder / name).exists() and (folder / name).samefile(video) for name in (*FILMS, *SOUNDS)
    ):
        raise EmsyncError(f"{folder}: {video.name} is the film itself; name another folder")


def stale(folder: Path) -> tuple[str, ...]:
    """Patterns of the files of a folder's earlier result that a new one may lack.

    Those of the folders of its cues, which its cue sheet names, are among them.
    """
    try:
        names = [cue.name for cue in read_cues(folder / CUES).spotting]
    except EmsyncError:
        # Without a cue sheet that can be read, no folder is known to be a cue's.
        names = []
    of_cues = (*_STALE, CUES, REPORT, f"{STEMS}/*.mid")
    return (*_STALE, *(f"{name}/{pattern}" for name in names for pattern in of_cues))


def versions_of(folder: Path) -> Path:
    """The folder whose versions a result's folder is one of: ``out`` for ``out-2`` beside it."""
    if folder.name in ("", ".."):
        folder = folder.resolve()
    base, _, number = folder.name.rpartition("-")
    first = folder.with_name(base) if base and number.isdecimal() else folder
    return first if first.is_dir() else folder


def file_force_argument(parser: ArgumentParser) -> None:
    """Add ``--force`` to a command that writes a file."""
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def folder_force_argument(parser: ArgumentParser) -> None:
    """Add ``--force`` to a command that writes a result into a folder."""
    parser.add_argument(
        "--force", action="store_true",
        help="replace an earlier result in the folder (default: write to FOLDER-2, FOLDER-3, ...)",
    )  # fmt: skip


def check_file(path: Path, force: bool) -> None:
    """Check that a file can be written without loss. Call it before any work.

    force: it may replace a file. Raises EmsyncError if it would, or if ``path`` is a folder or a
    device.
    """
    if path.is_dir():
        raise EmsyncError(f"{path}: is a folder; name a file")
    check_replaceable(path)
    if not force and os.path.lexists(path):
        raise EmsyncError(f"{path} exists; give another name or --force")


def of_cue(path: Path, name: str) -> Path:
    """The file of one of several cues: ``plan-1m1.json`` for ``plan.json``."""
    # Not with_suffix: a name may have points.
    return path.with_name(f"{path.stem}-{name}{path.suffix}")


@contextmanager
def result_folder(path: Path, force: bool) -> Iterator[Path]:
    """The folder that a result goes to, created if missing; no other command writes there.

    It is the first of ``path``, ``path-2``, ``path-3``, ... that holds no earlier result and that
    no running command has taken. force: it is ``path`` in any case.
    Raises EmsyncError if it can't be written, or if ``path`` holds a result and has no name of its
    own, such as ``..``.
    """
    if force:
        with output(path) as folder:
            yield folder
        return
    for number in count(1):
        if number > 1 and path.name in ("", ".."):
            raise EmsyncError(f"{path}: holds a result; name another folder, or give --force")
        folder = path if number == 1 else path.with_name(f"{path.name}-{number}")
        # The folder is taken first and looked into then: another command may just end in it.
        with output(folder), _taken(folder) as ours:
            if ours and not any((folder / name).exists() for name in RESULT):
                yield folder
                return


if sys.platform == "win32":

    @contextmanager
    def _taken(folder: Path) -> Iterator[bool]:
        """Take a folder for as long as the block, or this process, lives; False: another has it."""
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY
        try:
            file = os.open(folder / ".emsync", flags)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            os.close(file)

else:
    import fcntl

    @contextmanager
    def _taken(folder: Path) -> Iterator[bool]:
        """Take a folder for as long as the block, or this process, lives; False: another has it."""
        file = os.open(folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                ours = True
            except BlockingIOError:
                ours = False
            except OSError:
                # Some network file systems have no locks; nobody else can have one there.
                ours = True
            yield ours
        finally:
            os.close(file)
