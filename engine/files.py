"""Writes files atomically: a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import EmsyncError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path to write to, which replaces ``path`` if the block succeeds.

    It has the folder and the suffix of ``path``. If the block fails, it is removed and ``path``
    stays as it was. Raises EmsyncError if the folder can't be written.
    """
    path = Path(path)
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


def _unwritable(path: Path, error: OSError) -> EmsyncError:
    return EmsyncError(f"{path}: can't be written ({error.strerror}); choose another place")
