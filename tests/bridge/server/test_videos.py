"""Films come from the folders of ``--videos`` when they are opened, not only when submitted."""

from __future__ import annotations

import shutil

import pytest

from engine.errors import EmsyncError

from .test_shutdown import composing, needs_proc


@needs_proc
def test_a_link_that_replaces_a_film_after_the_request_is_refused(start, film, long_film, tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    long, inside = (shutil.copy(path, films / path.name) for path in (long_film, film))
    server = start(tmp_path / "state", "--videos", films)
    with pytest.raises(EmsyncError, match="films may only come from"):
        server.submit(film)
    running, _ = composing(server, long)
    swapped, kept = (server.submit(inside, kind="analyze") for _ in range(2))
    inside.unlink()
    inside.symlink_to(film)
    server.client.ask("DELETE", f"/jobs/{running}")
    ended = server.ended(swapped)
    assert ended["state"] == "failed"
    assert ended["error"].startswith(f"{inside}: leads out of the folders")
    inside.unlink()
    shutil.copy(film, inside)
    again = server.submit(inside, kind="analyze")
    assert server.ended(again)["state"] == "done", server.ended(kept)
    server.end()
