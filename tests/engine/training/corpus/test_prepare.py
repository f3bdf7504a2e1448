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

MODULE = "engine.training.corpus.prepare"


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


@pytest.fixture
def interrupted(tmp_path, songs, index, monkeypatch):
    """Prepare, and stop before the shards are joined; returns the cache's path and its shards."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"{MODULE}.SHARD", 5)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(f"{MODULE}._merge", interrupt)
        prepare(songs, tmp_path / "cache", index, workers=1)
    return tmp_path / "cache", sorted((tmp_path / "cache.part" / "shards").glob("*.npz"))


def test_an_interrupted_run_leaves_no_cache_and_is_continued(interrupted, songs, index):
    folder, shards = interrupted
    assert not folder.exists() and len(shards) == 3
    written = {shard: np.load(shard)["tokens"].tolist() for shard in shards}
    for shard in shards[1:]:
        shard.unlink()
    # A shard that is there is not made again: this one lacks all its songs.
    first = np.load(shards[0])
    empty = {name: first[name][:0] for name in first.files if name != "skipped"}
    np.savez(shards[0], **empty, skipped=np.array("{}"))
    report = prepare(songs, folder, index, workers=1)
    assert report["songs"] == 12 - 5
    kept = [token for shard in shards[1:] for token in written[shard]]
    assert Cache.open(folder).tokens.tolist() == kept
    assert sorted(path.name for path in folder.parent.iterdir() if "cache" in path.name) == [
        "cache"
    ]


def test_a_finished_cache_has_its_own_files_only_and_is_not_made_again(tmp_path, songs, index):
    whole = prepare(songs, tmp_path / "cache", index, workers=1)
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    assert {path.name for path in files} == {
        "tokens.npy",
        "songs.npz",
        "report.json",
        "files.sha256",
    }
    assert prepare(songs, tmp_path / "cache", index, workers=1) == whole
    assert {path: path.stat().st_mtime_ns for path in files} == files


def test_a_failure_leaves_nothing(tmp_path):
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "broken.mid").write_bytes(b"no song")
    with pytest.raises(EmsyncError, match="none of the songs can be used"):
        prepare(tmp_path / "songs", tmp_path / "cache", workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["songs"]


def test_other_files_in_the_folder_are_not_touched(tmp_path, songs):
    (tmp_path / "film.mp4").write_bytes(b"film")
    with pytest.raises(EmsyncError, match="holds no whole cache"):
        prepare(songs, tmp_path, workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_cache_of_other_songs_is_kept(tmp_path, songs):
    few = tmp_path / "few"
    few.mkdir()
    for number in (1, 2):
        shutil.copy(songs / f"song0{number}.mid", few)
    prepare(few, tmp_path / "cache", workers=1)
    with pytest.raises(EmsyncError, match="of other songs"):
        prepare(songs, tmp_path / "cache", workers=1)


def test_shards_of_other_songs_are_not_continued(interrupted, songs):
    others = interrupted[0].with_name("others")
    shutil.copytree(songs, others)
    (others / "song00.mid").unlink()
    with pytest.raises(EmsyncError, match="begun with other songs"):
        prepare(others, interrupted[0], workers=1)


def test_shards_of_another_format_are_not_continued(interrupted, songs, index, monkeypatch):
    monkeypatch.setattr(f"{MODULE}.FORMAT", 2)
    with pytest.raises(EmsyncError, match="another version of EMSYNC"):
        prepare(songs, interrupted[0], index, workers=1)


def test_a_half_written_shard_is_ignored(interrupted, songs, index):
    folder, shards = interrupted
    shards[0].with_name("00001.part.npz").write_bytes(b"PK: the power went")
    assert prepare(songs, folder, index, workers=1)["songs"] == 12


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
