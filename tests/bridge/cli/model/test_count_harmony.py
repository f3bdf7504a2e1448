import json

import pytest

symusic = pytest.importorskip("symusic")

CHORDS = ((60, 64, 67), (57, 60, 64), (53, 57, 60), (55, 59, 62))


@pytest.fixture
def songs(tmp_path):
    """A folder with one song on four chords."""
    folder = tmp_path / "songs"
    folder.mkdir()
    track = symusic.Track(program=0)
    for bar in range(16):
        for pitch in (*CHORDS[bar % 4], CHORDS[bar % 4][0] - 12):
            track.notes.append(symusic.Note(bar * 1920, 1920, pitch, 80))
    song = symusic.Score(480)
    song.tracks.append(track)
    song.dump_midi(folder / "a.mid")
    return folder


def test_a_folder_becomes_a_table(emsync, songs, tmp_path):
    out = tmp_path / "tables" / "table.json"
    result = emsync("model", "count-harmony", songs, "-o", out, "--workers", 1)
    assert (result.status, result.out) == (0, f'{out}: {{"major": 1, "minor": 0}}\n')
    steps = json.loads(out.read_text())["major"]["steps"]
    assert {here: list(there) for here, there in steps.items()} == {
        "0": ["9:m"],
        "9:m": ["5"],
        "5": ["7"],
        "7": ["0"],
    }


def test_a_wrong_folder_or_index_is_one_line(emsync, songs, tmp_path):
    out = tmp_path / "table.json"
    wrong = emsync("model", "count-harmony", tmp_path / "nothing", "-o", out)
    assert (wrong.status, wrong.err.count("\n")) == (2, 1)
    assert "no songs" in wrong.err
    index = tmp_path / "index.tsv"
    index.write_text("file\tlicence\na.mid\tCC0\n")
    wrong = emsync("model", "count-harmony", songs, "-o", out, "--index", index)
    assert wrong.status == 2
    assert "lacks the column 'split'" in wrong.err
    assert not out.exists()
