"""Splits files into compressed parts of a given size, for places that take only small files.

A folder of chunks has ``chunks.json`` and the parts. Each part is an ``.xz`` file with a piece of
one file. Every part and every whole file has a checksum (SHA-256).
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from multiprocessing import Pool
from pathlib import Path

from engine.errors import EmsyncError
from engine.files import output, replacing, write_atomically

MANIFEST = "chunks.json"
BLOCK = 1 << 23
"""The most bytes that are compressed at a time; the size of a part varies by as much."""
SMALLEST = 1 << 10
"""The smallest size of parts, in bytes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part: the name and checksum of its file, and the number of bytes it unpacks to."""

    name: str
    sha256: str
    holds: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A packed file: its name and checksum, and its parts in order."""

    name: str
    sha256: str
    parts: tuple[Part, ...] = ()


def pack(files: Sequence[Path], folder: Path, part_bytes: int) -> list[Path]:
    """Pack files into parts of at most ``part_bytes`` in ``folder``; returns the parts.

    It continues where it was interrupted: intact parts of the same files are kept. Raises
    EmsyncError if a file can't be read, or if the folder has chunks of another file.
    """
    if part_bytes < SMALLEST:
        raise EmsyncError(f"parts of {part_bytes} bytes are too small; give {SMALLEST} or more")
    with output(folder):
        return _pack(files, folder, part_bytes)


def _pack(files: Sequence[Path], folder: Path, part_bytes: int) -> list[Path]:
    before = {whole.name: whole for whole in _read(folder)} if (folder / MANIFEST).exists() else {}
    wholes: list[Whole] = []
    for file in files:
        whole = Whole(file.name, _digest(file))
        found = before.get(file.name, whole)
        if found.sha256 != whole.sha256:
            raise EmsyncError(f"{folder}: chunks of another {file.name}; choose another folder")
        whole = replace(
            whole, parts=tuple(takewhile(lambda p: _intact(folder, p, part_bytes), found.parts))
        )
        for data, holds in _cut(file, sum(part.holds for part in whole.parts), part_bytes):
            name = f"{file.name}.{len(whole.parts):03d}.xz"
            write_atomically(folder / name, data)
            part = Part(name, hashlib.sha256(data).hexdigest(), holds)
            whole = replace(whole, parts=(*whole.parts, part))
            _write(folder, [*wholes, whole])
        wholes.append(whole)
    _write(folder, wholes)
    return [folder / part.name for whole in wholes for part in whole.parts]


def unpack(folder: Path, target: Path) -> list[Path]:
    """Join the chunks in ``folder`` to files in ``target``; returns the files.

    An intact file in ``target`` is kept. Raises EmsyncError if a part is missing or damaged.
    """
    wholes = _read(folder)
    names = [part.name for whole in wholes for part in whole.parts]
    missing = [name for name in names if not (folder / name).exists()]
    if missing:
        raise EmsyncError(f"{folder}: {', '.join(missing)} missing; copy all parts here first")
    with output(target):
        for whole in wholes:
            path = target / whole.name
            if path.exists() and _digest(path) == whole.sha256:
                continue
            with replacing(path) as beside:
                with beside.open("wb") as file:
                    for part in whole.parts:
                        file.write(_content(folder / part.name, part))
                if _digest(beside) != whole.sha256:
                    raise EmsyncError(f"{folder}: {whole.name} is damaged; pack it again")
    return [target / whole.name for whole in wholes]


def _cut(file: Path, start: int, part_bytes: int) -> Iterator[tuple[bytes, int]]:
    """The compressed parts of a file from byte ``start`` on, and how many bytes each holds."""
    size = min(BLOCK, part_bytes // 8)
    part, holds = bytearray(), 0
    with Pool(os.cpu_count()) as pool:
        for data, length in pool.imap(_compress, _blocks(file, start, size)):
            if holds and len(part) + len(data) > part_bytes:
                yield bytes(part), holds
                part, holds = bytearray(), 0
            part += data
            holds += length
    if holds:
        yield bytes(part), holds


def _blocks(file: Path, start: int, size: int) -> Iterator[bytes]:
    with file.open("rb") as whole:
        whole.seek(start)
        while block := whole.read(size):
            yield block


def _compress(block: bytes) -> tuple[bytes, int]:
    return lzma.compress(block), len(block)


def _content(path: Path, part: Part) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise EmsyncError(f"{path}: damaged; copy this part here again")
    return lzma.decompress(data)


def _intact(folder: Path, part: Part, part_bytes: int) -> bool:
    path = folder / part.name
    whole = path.exists() and path.stat().st_size <= part_bytes
    return whole and _digest(path) == part.sha256


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error


def _write(folder: Path, wholes: Iterable[Whole]) -> None:
    text = json.dumps({"files": [asdict(whole) for whole in wholes]}, indent=1)
    write_atomically(folder / MANIFEST, text + "\n")


def _read(folder: Path) -> list[Whole]:
    path = folder / MANIFEST
    try:
        wholes = [
            Whole(entry["name"], entry["sha256"], tuple(Part(**part) for part in entry["parts"]))
            for entry in json.loads(path.read_text())["files"]
        ]
        names = [part.name for whole in wholes for part in whole.parts]
        names += [whole.name for whole in wholes]
        if any(Path(name).name != name for name in names):
            raise ValueError("a name with a folder")
    except FileNotFoundError as error:
        raise EmsyncError(
            f"{folder}: no {MANIFEST} here; make one with emsync model pack"
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EmsyncError(f"{path}: not written by emsync model pack; pack again") from error
    return wholes
