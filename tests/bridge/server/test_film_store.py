from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from bridge.server.film_store import FilmStore, TooLarge, file_name
from engine.errors import EmsyncError
from engine.files import LONGEST_NAME


async def sent(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def receive(store: FilmStore, name: str, chunks: Iterable[bytes], size: int | None = None) -> Path:
    return asyncio.run(store.receive(name, size, sent(chunks)))


def test_an_upload_is_kept_under_its_name(tmp_path):
    store = FilmStore(tmp_path / "films")
    chunks = [bytes([n % 251]) * 300_000 for n in range(12)]
    path = receive(store, "My film.mp4", chunks)
    assert path.name == "My film.mp4" and path.is_relative_to(tmp_path / "films")
    assert path.read_bytes() == b"".join(chunks)
    again = receive(store, "My film.mp4", [b"other"])
    assert again != path and path.exists()


def kept(store: FilmStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [None, 2001])
def test_a_film_that_is_too_large_is_refused_and_not_kept(tmp_path, size):
    store = FilmStore(tmp_path / "films", largest=2000)
    chunks = [b"x" * (1 << 20)] * 2
    with pytest.raises(TooLarge, match="at most 0 MB here; type its path instead"):
        receive(store, "a.mp4", chunks, size)
    assert kept(store) == []


def test_an_empty_upload_is_refused_and_not_kept(tmp_path):
    store = FilmStore(tmp_path / "films")
    with pytest.raises(EmsyncError, match=r"a\.mp4: is empty; choose a video file"):
        receive(store, "a.mp4", [])
    assert kept(store) == []


def test_an_upload_that_breaks_off_is_not_kept(tmp_path):
    store = FilmStore(tmp_path / "films")

    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        raise ConnectionError

    # An OSError of the connection counts as one of the disk: either way nothing is kept.
    with pytest.raises(EmsyncError):
        asyncio.run(store.receive("a.mp4", None, broken()))
    assert kept(store) == []


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.mov", "a.mov"),
        ("", "film"),
        (".hidden", "hidden"),
        ("two\nlines.mp4", "two_lines.mp4"),
        ("Ärger.mp4", "Ärger.mp4"),
    ],
)
def test_the_name_of_an_upload_is_made_safe(given, safe):
    assert file_name(given) == safe


def test_a_long_name_keeps_its_suffix():
    name = file_name("é" * 300 + ".mp4")
    assert len(name.encode()) <= LONGEST_NAME and name.endswith("é.mp4")
