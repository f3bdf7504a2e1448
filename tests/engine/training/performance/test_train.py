"""The velocity network learns from songs as MIDI files."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.performance import features, history
from engine.performance.bins import bin_of
from engine.training.corpus.source_song import UnusableSong

symusic = pytest.importorskip("symusic")
pytest.importorskip("torch")

from engine.training.performance.dataset import read_rows, song_rows, split_files  # noqa: E402
from engine.training.performance.likelihood import figures  # noqa: E402
from engine.training.performance.songs import UNKNOWN, instants, read_played  # noqa: E402
from engine.training.performance.train import Settings, train  # noqa: E402


@pytest.fixture
def song(tmp_path):
    """Writes a song whose piano accents downbeats and whose bass is flat: ``song("a.mid")``."""

    def write(name, loud=110, soft=50):
        score = symusic.Score(480)
        piano, bass = symusic.Track(program=0), symusic.Track(program=33)
        for eighth in range(256):
            velocity = loud if eighth % 8 == 0 else soft + eighth % 3
            piano.notes.append(symusic.Note(eighth * 240 + eighth % 2, 200, 60, velocity))
            bass.notes.append(symusic.Note(eighth * 240, 200, 36, 64))
        for track in (piano, bass):
            score.tracks.append(track)
        path = tmp_path / name
        score.dump_midi(path)
        return path

    return write


def test_velocities_of_flat_tracks_are_unknown(song):
    played = read_played(song("a.mid"))
    bass = played.notes.part == 0
    assert (played.velocity[bass] == UNKNOWN).all() and (played.velocity[~bass] > UNKNOWN).all()
    assert played.notes.place[:4].tolist() == [0.0, 0.0, 0.5, pytest.approx(0.5, abs=0.01)]


def test_a_flat_song_is_not_used(song):
    with pytest.raises(UnusableSong, match="no dynamics"):
        read_played(flat(song))


def flat(song):
    path = song("flat.mid")
    score = symusic.Score(path)
    for track in score.tracks:
        for note in track.notes:
            note.velocity = 64
    score.dump_midi(path)
    return path


def test_onsets_that_are_nearly_together_are_one_instant():
    found = instants(np.array([1.0, 0.0, 0.015, 1.01, 0.03]))
    assert found.tolist() == [1.0, 0.0, 0.0, 1.0, 0.03]


def test_rows_hold_what_the_performer_sees(song):
    rows = song_rows(read_played(song("a.mid")))
    assert rows.features.shape == (256, features.COUNT + history.COUNT)
    assert rows.target[0] == bin_of(110) and rows.target[1] == bin_of(51)


def test_a_network_learns_the_accents_of_a_song(song):
    rows = read_rows([song("a.mid"), song("b.mid", 120, 30)])
    assert len(np.unique(rows.song)) == 2
    network = train(rows, Settings(width=16, hidden=8, batch=64, rate=0.02, passes=12))
    found = figures(network, rows)
    assert (found["songs"], found["notes"]) == (2, 512)
    assert found["nats"] < 0.5 * found["histogram"]


def test_the_split_of_the_index_is_kept(song, tmp_path):
    for name in ("a.mid", "b.mid", "c.mid", "d.mid"):
        song(name)
    index = tmp_path / "index.tsv"
    index.write_text("file\tsplit\na.mid\tval\nb.mid\ttrain\nc.mid\ttrain\n")
    training, validation = split_files(tmp_path, index, 1, 0)
    assert [path.name for path in validation] == ["a.mid"]
    assert len(training) == 1 and training[0].name in ("b.mid", "c.mid")
    index.write_text("file\tsplit\na.mid\ttrain\n")
    with pytest.raises(EmsyncError, match="split=val"):
        split_files(tmp_path, index, 1, 0)
    assert split_files(tmp_path, index, 1, 0, needed=("train",))[1] == []
    with pytest.raises(EmsyncError, match="is no folder"):
        split_files(index, index, 1, 0)
