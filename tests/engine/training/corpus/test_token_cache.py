from __future__ import annotations

import pickle
import shutil
from dataclasses import fields

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.music import vocabulary as voc
from engine.training.corpus.token_cache import Cache


def test_a_folder_without_a_cache_is_an_error(tmp_path):
    with pytest.raises(EmsyncError, match="emsync model prepare"):
        Cache.open(tmp_path)


def test_tokens_are_mapped_not_read(cache):
    assert isinstance(cache.tokens, np.memmap)
    assert cache.tokens.max() < voc.FEWER_INSTRUMENTS


def test_a_cache_of_another_version_is_an_error(tmp_path, cache_folder):
    folder = tmp_path / "old"
    shutil.copytree(cache_folder, folder)
    songs = dict(np.load(folder / "songs.npz"))
    del songs["names"]
    np.savez(folder / "songs.npz", **songs)
    with pytest.raises(EmsyncError, match="prepare it again"):
        Cache.open(folder)


def test_another_process_is_sent_no_tokens(cache):
    sent = pickle.dumps(cache)
    again = pickle.loads(sent)
    assert isinstance(again.tokens, np.memmap)
    assert len(sent) < cache.tokens.nbytes
    for field in fields(Cache):
        np.testing.assert_array_equal(*(getattr(c, field.name) for c in (again, cache)))
