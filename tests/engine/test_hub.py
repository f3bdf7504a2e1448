"""Downloads from a hub on the loopback interface."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from engine import hub as module
from engine.errors import EmsyncError
from engine.hub import cache_folder, download

DATA = bytes(range(256)) * 5000


@pytest.fixture
def served(hub):
    """The hub with two files, and their bundle."""
    hub.files = {"onnx/big.onnx": DATA, "tokens.json": b"{}"}
    return hub


def test_files_come_once_and_whole(served, tmp_path):
    bundle, seen = served.bundle(), []
    assert not bundle.is_here()
    folder = download(bundle, seen.append)
    assert folder == tmp_path / "cache/models/tiny" and bundle.is_here()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "big.onnx": DATA, "tokens.json": b"{}",
    }  # fmt: skip
    assert seen == sorted(seen) and seen[-1] == bundle.size
    served.requests.clear()
    assert download(bundle) == folder and served.requests == []


def test_a_download_that_stopped_goes_on_from_there(served):
    served.sends = 700_000
    bundle = served.bundle()
    with pytest.raises(EmsyncError, match="stopped after 700000 of 1280000 bytes; run this again"):
        download(bundle)
    assert not bundle.is_here()
    served.sends = None
    seen = []
    download(bundle, seen.append)
    assert served.requests[1] == ("/owner/tiny/resolve/abc/onnx/big.onnx", "bytes=700000-")
    assert bundle.path(bundle.files[0]).read_bytes() == DATA and seen[0] > 700_000


def test_a_server_without_ranges_sends_it_again(served):
    served.sends = 700_000
    bundle = served.bundle()
    with pytest.raises(EmsyncError, match="stopped"):
        download(bundle)
    served.sends, served.knows_ranges = None, False
    download(bundle)
    assert bundle.path(bundle.files[0]).read_bytes() == DATA


@pytest.mark.parametrize(
    "other", [DATA[:-1] + b"!", DATA + b"more", b"an error page"], ids=["same size", "more", "less"]
)
def test_another_file_never_gets_the_name(served, other):
    bundle = served.bundle()
    served.files["onnx/big.onnx"] = other
    with pytest.raises(EmsyncError, match=r"SHA-256|stopped after"):
        download(bundle)
    assert not bundle.path(bundle.files[0]).exists()
    # Once the right file is there again, the download recovers by itself.
    served.files["onnx/big.onnx"] = DATA
    with suppress(EmsyncError):
        # What is left of a shorter file shows only now that it is no beginning.
        download(bundle)
    download(bundle)
    assert bundle.path(bundle.files[0]).read_bytes() == DATA


def test_a_part_that_is_no_beginning_is_thrown_away(served):
    bundle = served.bundle()
    part = bundle.folder / "big.onnx.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * (bundle.files[0].size + 10))
    with pytest.raises(EmsyncError, match="thrown away"):
        download(bundle)
    assert not part.exists()
    download(bundle)
    shorter = replace(bundle.files[0], size=len(DATA) + 5)
    part.write_bytes(DATA)
    (bundle.folder / "big.onnx").unlink()
    with pytest.raises(EmsyncError, match="stopped"):
        download(replace(bundle, files=(shorter,)))


def test_a_spoilt_file_in_the_cache_is_loaded_again(served):
    bundle = served.bundle()
    download(bundle)
    path = bundle.path(bundle.files[0])
    path.write_bytes(DATA[:-1] + b"!")
    download(bundle)
    assert path.read_bytes() == DATA
    path.write_bytes(DATA[:-1])
    assert not bundle.is_here()


@pytest.mark.parametrize("name", ["EMSYNC_OFFLINE", "HF_HUB_OFFLINE", None])
def test_offline_asks_no_server(served, monkeypatch, name):
    if name:
        monkeypatch.setenv(name, "1")
    with pytest.raises(EmsyncError, match="downloads are off"):
        download(served.bundle(), offline=name is None)
    assert served.requests == []


def test_offline_is_fine_when_all_is_there(served, monkeypatch):
    folder = download(served.bundle())
    monkeypatch.setenv("EMSYNC_OFFLINE", "1")
    assert download(served.bundle()) == folder


def test_an_unknown_file_and_no_server_are_one_line(served, monkeypatch):
    bundle = served.bundle()
    del served.files["onnx/big.onnx"]
    with pytest.raises(EmsyncError, match="the server answers 404"):
        download(bundle)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EmsyncError, match="no connection"):
        download(bundle)
    monkeypatch.setenv("HF_ENDPOINT", "nonsense")
    with pytest.raises(EmsyncError, match="no usable answer"):
        download(bundle)


def test_too_little_room_is_said_before_anything_is_loaded(served):
    bundle = served.bundle()
    huge = replace(bundle, files=(replace(bundle.files[0], size=10**18), *bundle.files[1:]))
    with pytest.raises(EmsyncError, match="MB are free, tiny needs"):
        download(huge)
    assert served.requests == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_disk_that_fills_up_is_one_line(served):
    bundle = served.bundle()
    bundle.folder.mkdir(parents=True)
    (bundle.folder / "big.onnx.part").symlink_to("/dev/full")
    with pytest.raises(EmsyncError, match=f"{os.strerror(errno.ENOSPC)}.*free some space"):
        download(bundle)


def test_a_cache_that_can_t_be_written_is_one_line(served, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EMSYNC_CACHE", str(tmp_path / "file/cache"))
    with pytest.raises(EmsyncError, match="can't be written"):
        download(served.bundle())


def test_the_cache_lies_where_systems_keep_caches(monkeypatch):
    monkeypatch.setenv("EMSYNC_CACHE", "/elsewhere")
    assert cache_folder() == Path("/elsewhere")
    monkeypatch.delenv("EMSYNC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    for platform, wanted in {
        "linux": "/xdg/emsync",
        "win32": "/local/emsync/cache",
        "darwin": str(Path.home() / "Library/Caches/emsync"),
    }.items():
        monkeypatch.setattr(module.sys, "platform", platform)
        assert cache_folder() == Path(wanted)
