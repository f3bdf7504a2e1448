import tarfile
from pathlib import Path

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.evaluation.references import (
    draw_starts,
    excerpt,
    excerpts,
    labelled,
    read_clips,
    read_table,
)
from engine.metrics.features import FEATURES
from engine.music import vocabulary as voc
from engine.music.events import encode
from engine.score import Instrument
from engine.training.corpus.labels import is_judged
from engine.training.corpus.token_cache import Cache

B, D, P = Instrument.BASS, Instrument.DRUMS, Instrument.PIANO


@pytest.fixture(scope="module")
def song(piece):
    """40 s of three parts: the piano goes up a semitone each bar."""
    notes = [(P, 2.0 * bar, 1.5, 50 + bar) for bar in range(20)]
    return piece(*notes, (B, 0, 40, 40), *((D, float(t), 0.1, 36) for t in range(40)), seconds=40)


@pytest.fixture(scope="module")
def cache(song) -> Cache:
    tokens = encode(song)
    names = np.array([f"{n}.mid" for n in range(12)])
    return Cache(
        np.tile(tokens, 12), np.arange(13) * len(tokens), names, np.zeros((12, 6), np.float32),
        np.array([3] * 11 + [2], np.int8), np.arange(12) >= 9,
    )  # fmt: skip


def test_an_excerpt_begins_at_zero_without_active_notes(song) -> None:
    tokens = encode(song)
    first = np.flatnonzero(tokens == voc.BAR)[3]
    score = excerpt(tokens, int(first), 10.0)
    assert score.duration == 10
    assert score.bars == (0, 2, 4, 6, 8)
    assert [note.pitch for note in score.part(P)] == [53, 54, 55, 56, 57]
    assert score.part(B) == ()


def test_starts_leave_room_for_the_excerpt(song) -> None:
    tokens = encode(song)
    rng = np.random.default_rng(0)
    starts = draw_starts(tokens, 30, 3, rng)
    seconds = np.cumsum(voc.STEPS[tokens]) * voc.STEP_MS / 1000
    assert len(set(starts)) == 3
    assert (tokens[starts] == voc.BAR).all() and (seconds[starts] <= 10).all()
    assert draw_starts(tokens, 41, 3, rng) == []


def test_excerpts_come_from_their_split(cache: Cache) -> None:
    rng = np.random.default_rng(0)
    assert len(excerpts(cache, 20, 100, True, rng)) == 2  # one of three has two families
    assert len(excerpts(cache, 20, 5, False, rng)) == 5


def test_labelled_songs_are_those_the_network_never_learns_from(cache: Cache) -> None:
    table = {name: {"file": name, "valence_spotify": "0.5"} for name in cache.names.tolist()}
    table["0.mid"] = {"file": "0.mid"}
    found = labelled(cache, table)
    songs = [n for n in range(1, 12) if n >= 9 or is_judged(table[f"{n}.mid"])]
    assert found.features.shape == (3 * len(songs), len(FEATURES))
    assert found.validation.sum() == 9
    assert len(set(found.groups.tolist())) == len(songs)
    assert (found.labels[:, 0] == 0.5).all() and np.isnan(found.labels[:, 1]).all()


def test_without_labels_there_are_no_songs(cache: Cache) -> None:
    assert labelled(cache, {}).features.shape == (0, len(FEATURES))


def test_unusable_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EmsyncError, match="no table"):
        read_table(tmp_path / "none.tsv")
    (tmp_path / "some.tsv").write_text("file\tsplit\na.mid\ttrain\n")
    assert read_table(tmp_path / "some.tsv", "split")["a.mid"]["split"] == "train"
    with pytest.raises(EmsyncError, match="'quadrant'"):
        read_table(tmp_path / "some.tsv", "quadrant")


def test_clips_have_features_and_quadrants(shared: Path, tmp_path: Path) -> None:
    pytest.importorskip("symusic")
    table = tmp_path / "few.tsv"
    lines = (shared / "corpus" / "emopia.tsv").read_text().splitlines()
    table.write_text("\n".join([*lines[:3], *lines[-2:]]) + "\n")
    found = read_clips(shared / "corpus" / "emopia.tar.xz", table)
    assert found.features.shape == (4, len(FEATURES))
    assert sorted(found.quadrants.tolist()) == ["Q1", "Q1", "Q4", "Q4"]


def test_unusable_archives_are_refused(tmp_path: Path) -> None:
    table, archive = tmp_path / "clips.tsv", tmp_path / "clips.tar"
    table.write_text("file\tquadrant\na.mid\tQ1\n")
    archive.write_text("not an archive")
    with pytest.raises(EmsyncError, match="no archive"):
        read_clips(archive, table)
    with tarfile.open(archive, "w") as tar:
        tar.add(table, "b.mid")
    with pytest.raises(EmsyncError, match="none of the files"):
        read_clips(archive, table)
