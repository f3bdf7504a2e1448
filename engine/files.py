"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import EmsyncError


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes the place of ``path`` if the block succeeds.

    The folder and the suffix are those of ``path``. When the block fails nothing is left of it and
    what ``path`` held before stands. Raises EmsyncError when the place can't be written.
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
    """Write ``data`` (text as UTF-8) to ``path`` whole or not at all.

    Raises EmsyncError when ``path`` can't be written.
    """
    with replacing(path) as beside:
        beside.write_bytes(data.encode() if isinstance(data, str) else data)


def output_folder(path: str | Path) -> Path:
    """The folder ``path``, made with its parents where needed and tried for writing.

    Raises EmsyncError when it can't be made or written, before any work is spent on its contents.
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
    """``output_folder``, taken away again if the block fails before it holds anything."""
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
