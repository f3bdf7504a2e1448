import numpy as np
import pytest

from engine.originality.fingerprint import read_fingerprint
from engine.originality.passages import longest_passage

symusic = pytest.importorskip("symusic")


def tune(seed: int) -> list[int]:
    return np.random.default_rng(seed).integers(50, 80, 64).tolist()


@pytest.fixture
def cache(emsync, tmp_path):
    """The token cache of three songs, one of them held out, and their index."""
    folder = tmp_path / "songs"
    folder.mkdir()
    rows = ["file\tsplit\tsplit_group"]
    for number, name in enumerate(("a", "b", "held")):
        track = symusic.Track(program=0)
        for beat, pitch in enumerate(tune(number)):
            track.notes.append(symusic.Note(beat * 480, 480, pitch, 80))
        song = symusic.Score(480)
        song.tracks.append(track)
        song.dump_midi(folder / f"{name}.mid")
        rows.append(f"{name}.mid\t{'val' if name == 'held' else 'train'}\t{name}")
    index = tmp_path / "index.tsv"
    index.write_text("\n".join(rows) + "\n")
    out = tmp_path / "cache"
    made = emsync("model", "prepare", folder, "-o", out, "--index", index, "--workers", 1)
    assert made.status == 0, made.err
    return out, index


def test_training_songs_are_known_and_held_out_ones_are_not(emsync, cache, tmp_path):
    folder, index = cache
    out = tmp_path / "new" / "corpus.npz"
    result = emsync("model", "fingerprint", folder, "--index", index, "-o", out)
    assert result.status == 0, result.err
    assert f"{out}: 2 songs" in result.out
    found = read_fingerprint(out)
    assert longest_passage(np.array(tune(1)), found) == (0, 64)
    assert longest_passage(np.array(tune(2)), found) == (0, 0)


def test_a_file_that_exists_and_a_cache_that_is_none_are_one_line(emsync, cache, tmp_path):
    out = tmp_path / "corpus.npz"
    wrong = emsync("model", "fingerprint", tmp_path / "none", "-o", out)
    assert (wrong.status, wrong.err.count("\n")) == (2, 1)
    assert not out.exists()
    out.write_bytes(b"mine")
    wrong = emsync("model", "fingerprint", cache[0], "-o", out)
    assert (wrong.status, out.read_bytes()) == (2, b"mine")
