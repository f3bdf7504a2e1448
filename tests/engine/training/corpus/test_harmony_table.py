from __future__ import annotations

import json
from contextlib import nullcontext

import pytest

from engine.errors import EmsyncError
from engine.training.corpus.harmony_table import count_folder, to_json

CHORDS = ((60, 64, 67), (57, 60, 64), (53, 57, 60), (55, 59, 62))


def no_bar(*_):
    return nullcontext(lambda done: None)


@pytest.fixture
def folder(tmp_path, write_song):
    """Fourteen songs on four chords in 14 keys, one of drums, and a broken file."""
    for number in range(14):
        notes = [
            (4 * bar, 4, pitch + number % 12)
            for bar in range(16)
            for pitch in (*CHORDS[bar % 4], CHORDS[bar % 4][0] - 12)
        ]
        write_song(tmp_path / f"song{number}.mid", {0: notes})
    write_song(tmp_path / "beat.mid", {"drums": [(beat, 0.5, 36) for beat in range(64)]})
    (tmp_path / "broken.mid").write_bytes(b"no song")
    return tmp_path


def test_a_folder_of_songs_is_counted(folder):
    table = count_folder(folder, None, 1, no_bar)
    assert table["major"]["songs"] == 14
    assert table["major"]["phrases"] == {"0 | 9:m | 5 | 7": 14}
    assert table["minor"]["songs"] == 0
    assert "14 songs (licence not stated: 14)" in table["source"]


def test_only_training_songs_of_the_index_count_by_group(folder):
    index = {
        f"song{number}.mid": {
            "split": "val" if number == 0 else "train",
            "split_group": "versions" if number < 3 else "",
            "licence": "CC0" if number < 8 else "MIT",
        }
        for number in range(14)
    }
    table = count_folder(folder, index, 1, no_bar)
    assert table["major"]["songs"] == 12
    assert "13 songs (CC0: 7; MIT: 6)" in table["source"]


def test_the_text_is_the_table(folder):
    table = count_folder(folder, None, 1, no_bar)
    assert json.loads(to_json(table)) == table
    assert '    "9:m": {"5": ' in to_json(table)


def test_a_folder_without_songs_is_refused(tmp_path, folder, write_song):
    (tmp_path / "none").mkdir()
    with pytest.raises(EmsyncError, match=r"none: no songs \(\.mid"):
        count_folder(tmp_path / "none", None, 1, no_bar)
    with pytest.raises(EmsyncError, match="under split=train"):
        count_folder(folder, {"song1.mid": {"split": "val"}}, 1, no_bar)
    index = {"beat.mid": {"split": "train"}}
    with pytest.raises(EmsyncError, match="no song has a steady metre"):
        count_folder(folder, index, 1, no_bar)
