from __future__ import annotations

import stat

import pytest

from bridge.state import (
    Running,
    forget_running,
    private_folder,
    read_running,
    state_folder,
    write_running,
)
from engine.errors import EmsyncError

RUNNING = Running(1, "127.0.0.1", 8730, None, "secret", "0")


def test_only_the_owner_can_read_the_token(tmp_path):
    folder = private_folder(tmp_path / "state")
    write_running(folder, RUNNING)
    assert read_running(folder) == RUNNING
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "server.json")]
    assert modes == [0o700, 0o600]
    forget_running(folder)
    assert read_running(folder) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": 1', '{"who": 1}'])
def test_a_broken_file_counts_as_no_server(tmp_path, text):
    (tmp_path / "server.json").write_text(text)
    assert read_running(tmp_path) is None


def test_the_environment_can_set_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("EMSYNC_STATE", str(tmp_path))
    assert state_folder() == tmp_path


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmsyncError, match="--state"):
        private_folder(tmp_path / "file")
