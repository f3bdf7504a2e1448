from __future__ import annotations

import os

import pytest

from engine.errors import EmsyncError
from engine.video.folders import allow_only, check_opened


@pytest.fixture
def films(tmp_path):
    """A folder that films may come from, with a film; ``secret`` lies beside the folder."""
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(b"film")
    (tmp_path / "secret").write_bytes(b"secret")
    allow_only([folder])
    yield folder
    allow_only([])


def test_a_file_within_the_folder_is_allowed(films):
    (films / "deep").mkdir()
    (films / "deep" / "link.mp4").symlink_to(films / "film.mp4")
    for path in (films / "film.mp4", films / "deep" / "link.mp4"):
        with path.open("rb") as file:
            check_opened(file, path)


@pytest.mark.parametrize("through", ["link.mp4", "folder/secret", "../secret"])
def test_what_leads_out_is_refused(films, through):
    (films / "link.mp4").symlink_to(films.parent / "secret")
    (films / "folder").symlink_to(films.parent)
    path = films / through
    with path.open("rb") as file, pytest.raises(EmsyncError, match="leads out of the folders"):
        check_opened(file, path)


def test_a_film_that_is_put_back_in_time_for_the_check_is_refused(films):
    """The open file decides, not the path."""
    path = films / "film.mp4"
    os.rename(path, films / "kept")
    path.symlink_to(films.parent / "secret")
    with path.open("rb") as file:
        path.unlink()
        os.rename(films / "kept", path)
        with pytest.raises(EmsyncError, match="leads out of the folders"):
            check_opened(file, path)


def test_without_folders_every_file_is_allowed(films):
    allow_only([])
    with (films.parent / "secret").open("rb") as file:
        check_opened(file, films.parent / "secret")
