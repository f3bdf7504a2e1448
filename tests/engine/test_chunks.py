from __future__ import annotations

import json

import numpy as np
import pytest

from engine.chunks import MANIFEST, pack, unpack
from engine.errors import EmsyncError

PART = 20_000


@pytest.fixture
def files(tmp_path):
    """Two files: one that compresses well, with 60 kB of noise in the middle, and a short one."""
    long, short = tmp_path / "long", tmp_path / "short"
    noise = np.random.default_rng(0).bytes(60_000)
    long.write_bytes(bytes(100_000) + noise + bytes(50_000))
    short.write_bytes(b"short")
    return [long, short]


@pytest.fixture
def parts(files, tmp_path):
    return pack(files, tmp_path / "parts", PART)


def test_unpacked_files_equal_the_packed_ones(files, parts, tmp_path):
    assert 4 <= len(parts) <= 5
    assert all(part.stat().st_size <= PART for part in parts)
    out = unpack(tmp_path / "parts", tmp_path / "elsewhere")
    assert [file.name for file in out] == ["long", "short"]
    assert [file.read_bytes() for file in out] == [file.read_bytes() for file in files]


def test_an_empty_file_has_no_parts(tmp_path):
    (tmp_path / "empty").touch()
    assert pack([tmp_path / "empty"], tmp_path / "parts", PART) == []
    (out,) = unpack(tmp_path / "parts", tmp_path / "elsewhere")
    assert out.read_bytes() == b""


def test_packing_continues_where_it_was_interrupted(files, parts, tmp_path):
    packed = [part.read_bytes() for part in parts]
    kept = parts[0].stat().st_mtime_ns
    parts[1].unlink()
    parts[2].write_bytes(b"half")
    assert pack(files, tmp_path / "parts", PART) == parts
    assert [part.read_bytes() for part in parts] == packed
    assert parts[0].stat().st_mtime_ns == kept


def test_packing_continues_after_the_first_part(files, parts, tmp_path):
    manifest = tmp_path / "parts" / MANIFEST
    entry = json.loads(manifest.read_text())["files"][0]
    manifest.write_text(json.dumps({"files": [entry | {"parts": entry["parts"][:1]}]}))
    assert pack(files, tmp_path / "parts", PART) == parts
    assert unpack(tmp_path / "parts", tmp_path / "out")[0].read_bytes() == files[0].read_bytes()


def test_parts_that_are_too_large_are_packed_again(files, parts, tmp_path):
    smaller = pack(files, tmp_path / "parts", PART // 2)
    assert len(smaller) > len(parts)
    assert all(part.stat().st_size <= PART // 2 for part in smaller)
    assert unpack(tmp_path / "parts", tmp_path / "out")[0].read_bytes() == files[0].read_bytes()


def test_intact_files_are_kept_and_damaged_ones_are_unpacked_again(files, parts, tmp_path):
    out = unpack(tmp_path / "parts", tmp_path / "out")
    before = out[0].stat().st_mtime_ns
    out[1].write_bytes(b"shirt")
    unpack(tmp_path / "parts", tmp_path / "out")
    assert out[0].stat().st_mtime_ns == before
    assert out[1].read_bytes() == b"short"


def test_missing_and_damaged_parts_are_named(parts, tmp_path):
    data = parts[1].read_bytes()
    parts[1].write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(EmsyncError, match=rf"{parts[1].name}: damaged"):
        unpack(tmp_path / "parts", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    parts[1].unlink()
    with pytest.raises(EmsyncError, match=rf"{parts[1].name} missing"):
        unpack(tmp_path / "parts", tmp_path / "out")


def test_chunks_of_another_file_are_not_mixed(files, parts, tmp_path):
    files[0].write_bytes(b"changed")
    with pytest.raises(EmsyncError, match="another long"):
        pack(files, tmp_path / "parts", PART)


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "{}",
        '{"files": [{"name": "../up", "sha256": "", "parts": []}]}',
        '{"files": [{"name": "a", "sha256": "", "parts": [{"name": "a"}]}]}',
    ],
)
def test_a_folder_without_a_valid_manifest_is_refused(tmp_path, text):
    with pytest.raises(EmsyncError, match="emsync model pack"):
        unpack(tmp_path, tmp_path / "out")
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(EmsyncError, match="emsync model pack"):
        unpack(tmp_path, tmp_path / "out")


def test_missing_files_and_tiny_parts_are_refused(tmp_path):
    with pytest.raises(EmsyncError, match="can't be read"):
        pack([tmp_path / "nothing"], tmp_path / "parts", PART)
    with pytest.raises(EmsyncError, match="too small"):
        pack([], tmp_path / "parts", 100)
