"""The films of the page: what they are, and small copies that every browser shows."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bridge.server.jobs import NoSuchJob
from engine.errors import EmsyncError

MOST_PREVIEWS = 200
"""Previews that are kept; the oldest goes first."""


class FilmGone(NoSuchJob):
    """The film of a job is no longer where it was."""


class Films:
    """Opens films in processes of their own. folder: for previews. folders: films come from."""

    def __init__(self, folder: Path, folders: Iterable[Path] = ()) -> None:
        self._folder, self._folders = folder, tuple(map(str, folders))
        self._making: dict[Path, float] = {}
        self._failed: dict[Path, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    async def check(self, path: str) -> dict[str, Any]:
        """The film's metadata as JSON; raises EmsyncError for what is no film."""
        async with self._process("check", path) as lines:
            async for line in lines:
                if "film" in line:
                    found: dict[str, Any] = line["film"]
                    return found
                raise EmsyncError(line["error"])
        raise EmsyncError(f"{path}: can't be opened; give another film")

    def preview(self, film: Path) -> dict[str, Any]:
        """The state of a film's preview, which is made if it is missing.

        ``state`` is ``ready``, or ``making`` with the ``share`` that is done. Raises EmsyncError if
        it could not be made; the next request tries again.
        """
        path = self.preview_path(film)
        if path.exists():
            return {"state": "ready", "share": 1.0}
        if error := self._failed.pop(path, None):
            raise EmsyncError(error)
        if path not in self._making:
            self._making[path] = 0.0
            task = asyncio.create_task(self._make(film, path))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return {"state": "making", "share": self._making[path]}

    def preview_path(self, film: Path) -> Path:
        """Where the preview of a film lies; another version of the film has another one."""
        status = present(film).stat()
        key = f"{film}\0{status.st_size}\0{status.st_mtime_ns}".encode()
        return self._folder / f"{hashlib.sha256(key).hexdigest()[:24]}.mp4"

    async def close(self) -> None:
        """End the processes that make previews."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self, film: Path, path: Path) -> None:
        try:
            async with self._one_at_a_time:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                self._drop_oldest()
                async with self._process("preview", str(film), str(path)) as lines:
                    async for line in lines:
                        if "error" in line:
                            self._failed[path] = line["error"]
                        self._making[path] = line.get("share", 0.0)
                if not path.exists() and path not in self._failed:
                    self._failed[path] = f"{film}: no preview can be made of this film"
        finally:
            del self._making[path]

    def _drop_oldest(self) -> None:
        kept = sorted(self._folder.glob("*.mp4"), key=lambda path: path.stat().st_mtime)
        for path in kept[: max(0, len(kept) - MOST_PREVIEWS + 1)]:
            path.unlink(missing_ok=True)

    @asynccontextmanager
    async def _process(self, *words: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The JSON objects that a film process prints; it ends with the block."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "bridge.server.film_process", *words, *self._folders),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
        )
        try:
            yield _lines(process)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def present(film: Path) -> Path:
    """The film, if it is there; raises FilmGone."""
    if not film.is_file():
        raise FilmGone(
            f"{film}: the film is no longer there; put it back to see it (the music is kept)"
        )
    return film


async def _lines(process: Process) -> AsyncIterator[dict[str, Any]]:
    assert process.stdout is not None
    async for line in process.stdout:
        with suppress(ValueError):
            yield json.loads(line)
    await process.wait()
