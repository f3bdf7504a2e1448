"""Keeps the films that browsers upload: one folder a film, in the server's state folder."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from bridge.server.job_files import LEAST_FREE
from bridge.server.jobs import NotStored
from engine.errors import EmsyncError
from engine.files import LONGEST_NAME

LARGEST_FILM = 8 << 30
"""Bytes of the largest film that may be uploaded."""
IDLE_TIMEOUT = 30.0
"""Seconds that an upload may stand still."""
_BLOCK = 1 << 20
"""Bytes that are written at once."""


class TooLarge(EmsyncError):
    """The film has more bytes than may be uploaded."""


class FilmStore:
    """Films in ``folder``, which is made with the first of them."""

    def __init__(self, folder: Path, largest: int = LARGEST_FILM) -> None:
        self.folder, self._largest = folder, largest

    async def receive(self, name: str, size: int | None, chunks: AsyncIterator[bytes]) -> Path:
        """Write an upload to disk as it comes; returns its path.

        name: of the file in the browser. size: what the browser says that it has, in bytes.
        Raises TooLarge, NotStored for a full disk, and EmsyncError for an upload that stands still
        or is empty. Then nothing is kept.
        """
        self._check_size(size or 0)
        self._check_room(size or 0)
        folder = self.folder / secrets.token_hex(6)
        path = folder / file_name(name)
        try:
            await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
            await self._write(path, chunks)
        except OSError as error:
            await self.remove(path)
            raise NotStored(f"{name[:100]}: can't be kept ({error.strerror})") from error
        except BaseException:
            await self.remove(path)
            raise
        return path

    async def remove(self, path: Path) -> None:
        """Remove an uploaded film. A film that lies elsewhere stays."""
        # Links are resolved in the paths of jobs.
        if path.parent.parent.resolve() == self.folder.resolve():
            await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)

    async def _write(self, path: Path, chunks: AsyncIterator[bytes]) -> None:
        written, block = 0, bytearray()
        with path.open("xb") as file:
            while (chunk := await _next(chunks)) is not None:
                block += chunk
                if len(block) >= _BLOCK:
                    written += len(block)
                    self._check_size(written)
                    self._check_room(0)
                    await asyncio.to_thread(file.write, block)
                    block = bytearray()
            await asyncio.to_thread(file.write, block)
        if not written + len(block):
            raise EmsyncError(f"{path.name}: is empty; choose a video file")

    def _check_size(self, size: int) -> None:
        if size > self._largest:
            raise TooLarge(
                f"a film may have at most {self._largest >> 20} MB here; type its path instead"
            )

    def _check_room(self, size: int) -> None:
        """size: bytes that are still to come."""
        free = shutil.disk_usage(self.folder.parent).free
        if free - size < LEAST_FREE:
            raise NotStored(
                f"the disk is full ({free >> 20} MB free); type the film's path instead"
            )


def file_name(name: str) -> str:
    """A safe name of a file like the one that a browser gave."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter if letter.isprintable() else "_" for letter in last).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        stem, suffix = plain, ""
    # Bytes and not letters count: an accent may take two.
    room = LONGEST_NAME - len(f".{suffix}".encode()) - 40
    short = stem.encode("utf-8", "replace")[: max(room, 1)].decode("utf-8", "ignore")
    return f"{short or 'film'}{dot}{suffix[:20]}"


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(IDLE_TIMEOUT):
            return await anext(chunks, None)
    except TimeoutError as error:
        raise EmsyncError(f"the upload stood still for {IDLE_TIMEOUT:g} s; try again") from error
