"""The page with a film of half an hour.

Its frames depend on the machine, so no test asserts their times. To see them:

    pytest -s -m soak tests/bridge/server/web/test_long_film.py
"""

from __future__ import annotations

import pytest

from .conftest import CUTS, SECONDS, write_h264
from .frames import measure, memory
from .long_piece import write_long_piece


@pytest.fixture(scope="module")
def long_piece(server, tmp_path_factory):
    """A job with 40,000 notes in half an hour."""
    film = write_h264(tmp_path_factory.mktemp("films") / "half an hour.mp4", SECONDS, CUTS)
    job = server.ended(server.submit(film))["id"]
    write_long_piece(film, server.folder / "pieces" / job)
    return job


@pytest.mark.soak
def test_frames(long_piece, new_tab):
    """Prints what frames cost, beside those of an empty page in the same browser."""
    empty = new_tab().page
    empty.set_content("<p style='will-change: transform'>Empty</p>")
    before = measure(empty, "move")
    print(f"\nempty page: {before}")
    tab = new_tab()
    tab.enter(long_piece)
    tab.wait_for_text("#legend", "bars")
    tab.page.wait_for_timeout(3000)
    for name, step in (("at rest", "rest"), ("scrolling", "scroll"), ("zooming", "zoom")):
        frames = measure(tab.page, step)
        print(f"{name}: {frames}; {frames.fps / before.fps:.2f} of an empty page's")
    tab.page.click("#play")
    tab.wait("document.getElementById('audio-a').currentTime > 1")
    frames = measure(tab.page, "rest")
    print(f"playing: {frames}; {frames.fps / before.fps:.2f} of an empty page's")
    tab.page.click("#play")
    tab.page.click("#zoom-all")
    for _ in range(8):
        tab.page.click("#zoom-out")
    frames = measure(tab.page, "zoom")
    print(f"zooming near the whole: {frames}; {frames.fps / before.fps:.2f} of an empty page's")
    print(memory(tab.page))
