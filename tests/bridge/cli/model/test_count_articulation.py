import json

import numpy as np
import pytest

symusic = pytest.importorskip("symusic")


@pytest.fixture
def songs(tmp_path):
    """A folder of two played songs, one to learn from, and its index."""
    for name, length in (("a", 200), ("b", 190)):
        score, track = symusic.Score(480), symusic.Track(program=0)
        for eighth in range(128):
            track.notes.append(symusic.Note(eighth * 240 + eighth % 7, length, 60, 80))
        score.tracks.append(track)
        score.dump_midi(tmp_path / f"{name}.mid")
    (tmp_path / "index.tsv").write_text("file\tsplit\na.mid\ttrain\nb.mid\tval\n")
    return tmp_path


def test_a_folder_of_songs_becomes_a_table_of_lengths(emsync, songs):
    from engine.performance.articulation import read_cumulative

    words = ("model", "count-articulation", songs, "--index", songs / "index.tsv")
    result = emsync(*words, "-o", songs / "new.npz")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert found["counted_in"] == {"tracks": 1, "notes": 127} and found["tracks"] == 1
    eighths = read_cumulative(songs / "new.npz")[3, 4, 1, 1, 0]
    assert np.argmax(np.diff(eighths, prepend=0.0)) == 3, "released a third of a sixteenth early"
    again = emsync(*words, "-o", songs / "new.npz")
    assert again.status == 2 and "exists" in again.err


def test_songs_that_nobody_played_are_one_line(emsync, songs):
    score, track = symusic.Score(480), symusic.Track(program=0)
    for eighth in range(128):
        track.notes.append(symusic.Note(eighth * 240, 200, 60, 80))
    score.tracks.append(track)
    score.dump_midi(songs / "a.mid")
    result = emsync(
        "model", "count-articulation", songs, "--index", songs / "index.tsv",
        "-o", songs / "new.npz",
    )  # fmt: skip
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "no song of split=train was played" in result.err
    assert not (songs / "new.npz").exists()
