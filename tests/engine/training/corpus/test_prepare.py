from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.music.conditions import ALL
from engine.music.events import encode, normalise
from engine.training.corpus.prepare import prepare
from engine.training.corpus.songs import read_song
from engine.training.corpus.token_cache import Cache


def by_number(cache: Cache, values) -> dict[int, float]:
    """One value a song, by the number in the song's name."""
    return {int(name[4:6]): value for name, value in zip(cache.names, values, strict=True)}


def labels(cache: Cache, name: str) -> dict[int, float]:
    """The known labels by song."""
    found = by_number(cache, cache.conditions[:, ALL.index(name)].tolist())
    return {number: value for number, value in found.items() if np.isfinite(value)}


def test_songs_are_stored_whole(cache, songs):
    assert sorted(cache.names) == sorted(path.name for path in songs.iterdir())
    for i, name in enumerate(cache.names):
        expected = encode(normalise(read_song(songs / name).score))
        assert cache.song(i).tolist() == expected.tolist()
    assert cache.start[-1] == len(cache.tokens)


def test_labels_and_split_come_from_the_index(cache):
    assert {n for n, val in by_number(cache, cache.validation).items() if val} == {3, 6}
    assert by_number(cache, cache.families) == {n: (1, 4, 3, 4)[n % 4] for n in range(12)}
    assert labels(cache, "valence") == {1: 0.25, 2: -0.5}  # Spotify before Deezer, none of 5's
    expected = {n: n / 20 for n in range(12) if n != 5}
    assert labels(cache, "arousal") == pytest.approx(expected)


def test_the_report_counts_songs_tokens_and_conditions(cache_folder, cache):
    report = json.loads((cache_folder / "report.json").read_text())
    assert (report["songs"], report["validation_songs"], report["skipped"]) == (12, 2, {})
    assert report["families"] == {"1": 3, "2": 0, "3": 3, "4": 6, "5": 0}
    assert report["tokens"] == len(cache.tokens)
    assert report["known"]["valence"] == 2
    assert report["known"]["tempo"] == 12
    minutes = 60 * report["hours"]
    assert minutes == pytest.approx(12 * 16 / 60, abs=0.1)
    assert report["chords_per_minute"] == pytest.approx(6 * 4 / minutes)
    assert report["tokens_per_minute"] == pytest.approx(len(cache.tokens) / minutes)


def test_unusable_songs_are_counted_by_reason(tmp_path, songs):
    for name in ("song01.mid", "song02.mid"):
        shutil.copy(songs / name, tmp_path)
    (tmp_path / "broken.MID").write_bytes(b"no song")
    (tmp_path / "notes.txt").write_text("no MIDI file")
    report = prepare(tmp_path, tmp_path / "cache", workers=1)
    assert (report["songs"], report["skipped"]) == (2, {"unreadable": 1})


def test_preparing_continues_where_it_was_interrupted(tmp_path, songs, index, monkeypatch):
    monkeypatch.setattr("engine.training.corpus.prepare.SHARD", 5)
    folder = tmp_path / "cache"
    whole = prepare(songs, folder, index, workers=1)
    shards = sorted((folder / "shards").glob("*.npz"))
    assert len(shards) == 3
    written = [shard.stat().st_mtime_ns for shard in shards]
    tokens = Cache.open(folder).tokens.tolist()
    shards[1].unlink()
    assert prepare(songs, folder, index, workers=1) == whole
    again = [shard.stat().st_mtime_ns for shard in shards]
    assert (again[0], again[2]) == (written[0], written[2])
    assert again[1] != written[1]
    assert Cache.open(folder).tokens.tolist() == tokens


def test_shards_of_other_songs_are_not_continued(tmp_path, songs):
    few = tmp_path / "few"
    few.mkdir()
    for number in (1, 2):
        shutil.copy(songs / f"song0{number}.mid", few)
    prepare(few, tmp_path / "cache", workers=1)
    with pytest.raises(EmsyncError, match="begun with other songs"):
        prepare(songs, tmp_path / "cache", workers=1)


def test_shards_of_another_format_are_not_continued(tmp_path, songs, monkeypatch):
    monkeypatch.setattr("engine.training.corpus.prepare.FORMAT", 2)
    prepare(songs, tmp_path, workers=1)
    monkeypatch.undo()
    with pytest.raises(EmsyncError, match="another version of EMSYNC"):
        prepare(songs, tmp_path, workers=1)


def test_a_half_written_shard_is_ignored(tmp_path, songs, index):
    folder = tmp_path / "cache"
    whole = prepare(songs, folder, index, workers=1)
    (folder / "shards" / "00001.part.npz").write_bytes(b"PK: the power went")
    assert prepare(songs, folder, index, workers=1) == whole


def test_without_an_index_the_split_depends_on_the_name(tmp_path, songs):
    many = tmp_path / "many"
    many.mkdir()
    for number in range(100):
        shutil.copy(songs / "song00.mid", many / f"{number}.mid")
    first = prepare(many, tmp_path / "a", workers=1)
    assert 1 <= first["validation_songs"] <= 12
    assert prepare(many, tmp_path / "b", workers=1) == first


@pytest.mark.parametrize(
    "content", ["file\tsplit\nother.mid\ttrain\n", "name\tsplit\nsong00.mid\ttrain\n", None]
)
def test_a_useless_index_is_an_error(tmp_path, songs, content):
    if content is not None:
        (tmp_path / "index.tsv").write_text(content)
    with pytest.raises(EmsyncError, match=r"index\.tsv"):
        prepare(songs, tmp_path / "cache", tmp_path / "index.tsv", workers=1)


def test_a_folder_without_a_usable_song_is_an_error(tmp_path):
    with pytest.raises(EmsyncError, match="no songs"):
        prepare(tmp_path, tmp_path / "cache", workers=1)
    (tmp_path / "broken.mid").write_bytes(b"no song")
    with pytest.raises(EmsyncError, match=r"\S"):
        prepare(tmp_path, tmp_path / "cache", workers=1)


def test_piano_rolls_and_midi_files_mix_and_no_cache_is_a_song(tmp_path, songs, write_roll, beat):
    shutil.copy(songs / "song01.mid", tmp_path)
    write_roll(tmp_path / "rolled.npz", {"drums": beat})
    folder = tmp_path / "cache"
    report = prepare(tmp_path, folder, workers=1)
    assert (report["songs"], report["skipped"]) == (2, {})
    assert set(Cache.open(folder).names) == {"song01.mid", "rolled.npz"}
    assert prepare(tmp_path, folder, workers=1) == report
