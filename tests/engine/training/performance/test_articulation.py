"""Gaps are counted where a person played to the beat."""

from __future__ import annotations

import numpy as np
import pytest

symusic = pytest.importorskip("symusic")

from engine.performance.articulation import gap_class  # noqa: E402
from engine.training.performance.articulation import (  # noqa: E402
    count,
    edges,
    figures,
    gaps,
    read_all,
    read_gaps,
)


@pytest.fixture
def song(tmp_path):
    """Writes eighths of a piano; each lasts ``length`` of 240 ticks, late by up to ``late``."""

    def write(name, length=180, late=9, quarter=480):
        score, track = symusic.Score(quarter), symusic.Track(program=0)
        rng = np.random.default_rng(len(name))
        for eighth in range(200):
            onset = eighth * 240 + int(rng.integers(0, late + 1))
            track.notes.append(symusic.Note(onset, length, 60 + eighth % 2, 80))
        score.tracks.append(track)
        score.dump_midi(tmp_path / name)
        return tmp_path / name

    return write


def test_a_gap_is_what_is_left_until_the_next_onset(song):
    (track,) = read_gaps(song("a.mid"))
    assert track.part == 3 and len(track.gap) == 199
    assert np.median(track.gap) == pytest.approx(0.5, abs=0.03), "60 of 120 ticks"
    assert (track.cell == (1, 0, 0)).all(), "eighths, not repeated, single notes"


def test_typed_songs_and_coarse_ones_are_left_out(song):
    assert read_gaps(song("typed.mid", late=0)) == []
    assert read_gaps(song("coarse.mid", quarter=48)) == []


def test_a_file_that_cannot_be_read_has_none(tmp_path):
    (tmp_path / "a.mid").write_text("no MIDI")
    assert read_gaps(tmp_path / "a.mid") == []


def test_rests_and_overlaps_do_not_count():
    begin = np.arange(6) / 2
    length = np.array([0.5, 0.45, 0.2, 0.8, 0.25, 0.5])
    found = gaps(0, begin, length, np.full(6, 40))
    assert found.gap.tolist() == pytest.approx([0.0, 0.2])
    assert found.cell[:, 1].tolist() == [0, 1], "the second one is repeated"


def test_the_table_tells_connected_parts_from_detached_ones(song):
    files = [song(f"{length}.mid", length) for length in range(130, 240, 10)]
    tracks = read_all(files, 1)
    between = edges(tracks)
    assert np.isnan(between[0]).all() and (np.diff(between[3]) > 0).all()
    table = count(tracks, between)
    assert table.counts.sum() == sum(len(track.gap) for track in tracks)
    usual = table.counts[3].sum(axis=(1, 2, 3)).argmax(axis=-1)
    assert usual[0] == gap_class(np.array([0.1]))[0] and usual[0] < usual[-1]
    found = figures(table, tracks, between)
    assert found["table"] <= found["of_class"] + 0.05 < found["of_part"]
    assert found["tracks"] == len(files) and found["steady"] > 0.9
