"""Writes files atomically: a reader never sees half of one."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import EmsyncError

LONGEST_NAME = 255
"""Bytes of a file's name; file systems allow no more."""


LONGEST_PATH = 4096
"""Bytes of a path; Linux allows no more, other systems less."""


def check_names(path: str) -> None:
    """Check that every name in a path may be the name of a file.

    Raises EmsyncError for an empty path, for one that is too long or has a zero byte, and for a
    name that is no text or too long.
    """
    if "\0" in path:
        raise EmsyncError(f"{path[:40]!r} has a zero byte; give another path")
    if len(path.encode("utf-8", "replace")) > LONGEST_PATH:
        raise EmsyncError(f"{path[:40]!r}...: paths have at most {LONGEST_PATH} bytes")
    if not path:
        raise EmsyncError("a path is empty; name a file or folder")
    for name in Path(path).parts:
        try:
            size = len(os.fsencode(name))
        except UnicodeEncodeError as error:
            raise EmsyncError(f"{name[:40]!r} is not text; give another name") from error
        if size > LONGEST_NAME:
            raise EmsyncError(
                f"{name[:40]!r}... has {size} bytes; names of files have at most {LONGEST_NAME}"
            )


def check_replaceable(path: Path) -> None:
    """Raise EmsyncError for a device (``/dev/null``) or a pipe, which other programs use."""
    if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
        raise EmsyncError(f"{path}: is a device or a pipe; name a file")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path to write to, which replaces ``path`` if the block succeeds.

    It has the folder and the suffix of ``path``. If the block fails, it is removed and ``path``
    stays as it was. Raises EmsyncError if the folder can't be written, and as
    ``check_replaceable``.
    """
    path = Path(path)
    check_replaceable(path)
    beside = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def write_atomically(path: str | Path, data: bytes | str) -> None:
    """Write ``data`` (text as UTF-8) to ``path``, whole or not at all.

    Raises EmsyncError if ``path`` can't be written.
    """
    with replacing(path) as beside:
        beside.write_bytes(data.encode() if isinstance(data, str) else data)


def read_text(path: str | Path) -> str:
    """The UTF-8 text of a file, with or without a byte order mark.

    Raises EmsyncError when it can't be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise EmsyncError(f"{path}: is not UTF-8 text; save it as UTF-8") from error


def output_folder(path: str | Path) -> Path:
    """The folder ``path``, created with its parents if missing, and tested for writing.

    Raises EmsyncError if it can't be created or written. Call it before long work.
    """
    path = Path(path)
    if path.is_file():
        raise EmsyncError(f"{path}: can't be written (it is a file); name a folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


@contextmanager
def output(path: str | Path) -> Iterator[Path]:
    """``output_folder``; a new folder that is still empty when the block fails is removed."""
    path = Path(path)
    missing = not path.exists()
    folder = output_folder(path)
    try:
        yield folder
    except BaseException:
        if missing:
            with suppress(OSError):
                folder.rmdir()
        raise


_STAGED = re.compile(r"\.\d+\.part")


def final_folder(folder: Path) -> Path:
    """Where the files of a folder will lie: elsewhere for one of :func:`staged` or within it."""
    names = [name for name in folder.parts if not _STAGED.fullmatch(name)]
    return Path(*names)


@contextmanager
def staged(folder: Path, stale: Iterable[str] = ()) -> Iterator[Path]:
    """A temporary folder within ``folder``, whose files move there if the block succeeds.

    They replace those of the same name. stale: patterns of an earlier result's files; those that
    the new one lacks are removed then, and folders that they leave empty. If the block fails,
    ``folder`` stays as it was. Raises EmsyncError if ``folder`` can't be written.
    """
    beside = folder / f".{os.getpid()}.part"
    with _writing(folder):
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
    try:
        yield beside
        with _writing(folder):
            for old in [path for pattern in stale for path in folder.glob(pattern)]:
                old.unlink()
                _remove_empty(old.parent, folder)
            for new in [path for path in beside.rglob("*") if path.is_file()]:
                place = folder / new.relative_to(beside)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(new, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _remove_empty(path: Path, root: Path) -> None:
    """Remove a folder below ``root`` if it is empty, and then those above it."""
    while path != root:
        try:
            path.rmdir()
        except OSError:
            return
        path = path.parent


def rename_folder(path: Path, new: Path) -> None:
    """Give a finished folder its name, at once; ``new`` must be missing or empty.

    Raises EmsyncError if it can't be renamed.
    """
    with _writing(new):
        if new.is_dir():
            new.rmdir()
        os.replace(path, new)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> EmsyncError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    what = "free some space" if full else "choose another place"
    return EmsyncError(f"{path}: can't be written ({error.strerror}); {what}")
