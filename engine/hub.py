"""Files of networks from the Hugging Face Hub: downloaded once, checked, and kept in a cache.

Nothing is downloaded unless a command for it is called. Each file is pinned: the revision is a
commit, and its size and SHA-256 are known beforehand. A file that differs is thrown away.

A download writes beside its place (``NAME.part``) and is renamed once its checksum is right. A
download that was stopped goes on from there.

Environment: ``EMSYNC_CACHE`` is the cache folder. ``HF_ENDPOINT`` is another address of the hub,
such as a mirror. ``EMSYNC_OFFLINE`` or ``HF_HUB_OFFLINE``, if 1, forbids downloads.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import ssl
import sys
import urllib.error
import urllib.request
import urllib.response
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import output_folder

ENDPOINT = "https://huggingface.co"
TIMEOUT = 30.0
"""Seconds without an answer after which a download fails."""

_BLOCK = 1 << 18
_PARTIAL, _RANGE_IS_WRONG = 206, 416

Progress = Callable[[float], None]
"""Receives the number of bytes that are there."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository at a commit. path: within the repository. sha256: in hexadecimals."""

    repository: str
    revision: str
    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name in the cache."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files that belong together. name: also of their folder in the cache."""

    name: str
    licence: str
    files: tuple[HubFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def folder(self) -> Path:
        """Where the files are kept."""
        return cache_folder() / "models" / self.name

    def path(self, file: HubFile) -> Path:
        """Where a file is kept, whether it is there or not."""
        return self.folder / file.name

    def is_here(self) -> bool:
        """Whether all files are in the cache, in their full size.

        Their checksums were checked when they came; a file that the disk spoilt since is found when
        it is loaded.
        """
        try:
            return all(self.path(file).stat().st_size == file.size for file in self.files)
        except OSError:
            return False


def cache_folder() -> Path:
    """The user's cache folder: ``$EMSYNC_CACHE``, or the usual place on this system."""
    if chosen := os.environ.get("EMSYNC_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
        return base / "emsync" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/emsync"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emsync"


def is_offline() -> bool:
    """Whether the environment forbids downloads."""
    return any(
        os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")
        for name in ("EMSYNC_OFFLINE", "HF_HUB_OFFLINE")
    )


def download(bundle: Bundle, progress: Progress | None = None, offline: bool = False) -> Path:
    """Put all files of a bundle into the cache; returns their folder.

    Files that are there with the right checksum are not loaded again. offline: forbids any request.
    Raises EmsyncError if a file is missing and can't be had, with the reason.
    """
    missing = [file for file in bundle.files if not _is_right(bundle.path(file), file)]
    if not missing:
        return bundle.folder
    if offline or is_offline():
        raise EmsyncError(
            f"{bundle.name} is not in {bundle.folder}, and downloads are off; run this once "
            "without the option offline and EMSYNC_OFFLINE, or copy the folder from another machine"
        )
    output_folder(bundle.folder)
    _check_room(bundle, missing)
    before = bundle.size - sum(file.size for file in missing)
    for file in missing:

        def show(done: int, start: int = before) -> None:
            if progress is not None:
                progress(start + done)

        _fetch(file, bundle.path(file), show)
        before += file.size
    return bundle.folder


def _check_room(bundle: Bundle, missing: Sequence[HubFile]) -> None:
    parts = (_part(bundle.path(file)) for file in missing)
    there = sum(part.stat().st_size for part in parts if part.exists())
    needed = sum(file.size for file in missing) - there
    free = shutil.disk_usage(bundle.folder).free
    if free < needed:
        raise EmsyncError(
            f"{bundle.folder}: {free / 1e6:.0f} MB are free, {bundle.name} needs "
            f"{needed / 1e6:.0f} MB; free some space, or set EMSYNC_CACHE to another folder"
        )


def _fetch(file: HubFile, path: Path, show: Callable[[int], None]) -> None:
    """Download one file, and give it its name once it is whole and right."""
    part = _part(path)
    endpoint = (os.environ.get("HF_ENDPOINT") or ENDPOINT).rstrip("/")
    url = f"{endpoint}/{file.repository}/resolve/"
    url += f"{file.revision}/{file.path}"
    try:
        _receive(url, part, file.size, show)
        if part.stat().st_size < file.size:
            raise EmsyncError(
                f"{url}: stopped after {part.stat().st_size} of {file.size} bytes; "
                "run this again, it goes on from there"
            )
        if not _is_right(part, file):
            part.unlink()
            raise EmsyncError(
                f"{url}: is not the file that was expected (its SHA-256 or size differs), and was "
                "thrown away; try again, or without a proxy or mirror"
            )
        os.replace(part, path)
    except urllib.error.HTTPError as error:
        raise EmsyncError(f"{url}: the server answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError, ssl.SSLError) as error:
        reason = getattr(error, "reason", None) or error
        raise EmsyncError(
            f"{url}: no connection ({reason}); connect to the internet and try again"
        ) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free some space" if full else "set EMSYNC_CACHE to another folder"
        raise EmsyncError(f"{part}: can't be written ({error.strerror}); {remedy}") from error
    except (HTTPException, ValueError) as error:
        raise EmsyncError(f"{url}: no usable answer ({error}); try again") from error


def _receive(url: str, part: Path, size: int, show: Callable[[int], None]) -> None:
    """Append to ``part`` what it lacks of a file of ``size`` bytes, as far as the server sends."""
    done = part.stat().st_size if part.exists() else 0
    if done >= size:
        return
    request = urllib.request.Request(url, headers={"User-Agent": "emsync"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    with _opened(request, part) as answer:
        # A server that does not know ranges sends the whole file.
        resumed = done and answer.status == _PARTIAL
        done = done if resumed else 0
        with part.open("ab" if resumed else "wb") as output:
            # One byte too many is enough to show that it is another file.
            while done <= size and (block := answer.read(min(_BLOCK, size + 1 - done))):
                output.write(block)
                done += len(block)
                show(min(done, size))
            output.flush()
            os.fsync(output.fileno())


def _opened(request: urllib.request.Request, part: Path) -> urllib.response.addinfourl:
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != _RANGE_IS_WRONG:
            raise
        # What is there is no beginning of the file.
        part.unlink()
        request.remove_header("Range")
        return urllib.request.urlopen(request, timeout=TIMEOUT)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _is_right(path: Path, file: HubFile) -> bool:
    """Whether a file has the size and the SHA-256."""
    try:
        if path.stat().st_size != file.size:
            return False
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except OSError:
        return False
