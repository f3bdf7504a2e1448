import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.originality.fingerprint import (
    SHIPPED,
    read_fingerprint,
    shipped_fingerprint,
    write_fingerprint,
)
from engine.originality.grams import gram_hashes

LARGEST = 8_000_000
"""Bytes that the shipped file may have."""


def test_a_file_holds_the_same_and_is_the_same_each_time(fingerprint, tmp_path):
    for name in ("a.npz", "b.npz"):
        write_fingerprint(fingerprint, tmp_path / name)
    again = read_fingerprint(tmp_path / "a.npz")
    assert (again.name, again.songs) == (fingerprint.name, fingerprint.songs)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("content", [b"", b"not a fingerprint", b"PK\x03\x04broken"])
def test_a_file_that_is_none_is_one_line(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(EmsyncError, match=r"a\.npz: .*") as raised:
        read_fingerprint(path)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(EmsyncError, match="check the path"):
        read_fingerprint(tmp_path / "none.npz")


def test_chance_finds_a_gram_as_often_as_the_table_is_full(fingerprint):
    strangers = np.random.default_rng(0).integers(40, 90, 5000)
    known = fingerprint.knows(gram_hashes(strangers)).mean()
    assert known == pytest.approx(fingerprint.full, abs=0.02)


def test_the_repr_is_short_and_says_which(fingerprint):
    assert repr(fingerprint) == f"Fingerprint({fingerprint.name})"


def test_the_shipped_file_is_small_and_full_of_holes():
    shipped = shipped_fingerprint()
    if shipped is None:
        pytest.skip("this checkout has no fingerprint")
    assert SHIPPED.stat().st_size <= LARGEST
    assert 0.05 < shipped.full < 0.5
    assert (np.diff(shipped.band[:, 1]) >= 0).all()


def test_the_shipped_one_finds_hardly_anything_in_random_notes():
    shipped = shipped_fingerprint()
    if shipped is None:
        pytest.skip("this checkout has no fingerprint")
    from engine.originality.passages import known_passages

    strangers = np.random.default_rng(0).integers(40, 90, 200_000)
    assert known_passages(strangers, shipped).mean() < 1e-4
