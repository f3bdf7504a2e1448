"""REAPER's scripts, run by Lua with a stand-in for REAPER and one for the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("lupa", reason="needs lupa, to run Lua")
pytest.importorskip("rac", reason="needs reacli, for REAPER's API index")
pytest.importorskip("PIL", reason="needs Pillow, to draw the window")

from .stand_in.reaper import Reaper
from .stand_in.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with a piece of eight seconds."""
    return Server(tmp_path)


@pytest.fixture
def reaper(tmp_path: Path, server: Server) -> Iterator[Reaper]:
    """A REAPER; fails if its API was misused, or if an undo block or the window stays open."""
    one = Reaper(tmp_path, server)
    yield one
    assert one.misuse == []
    assert (one.undo_depth, one.refresh, one.canvas.open) == (0, 0, False)
