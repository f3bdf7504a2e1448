import json

import pytest

symusic = pytest.importorskip("symusic")


def test_a_folder_of_songs_becomes_a_network_and_is_compared_with_pieces(emsync, tmp_path):
    from engine.performance.network import read_network

    for name in ("a", "b"):
        score, track = symusic.Score(480), symusic.Track(program=0)
        for eighth in range(128):
            track.notes.append(symusic.Note(eighth * 240, 200, 60, 110 if eighth % 8 == 0 else 60))
        score.tracks.append(track)
        score.dump_midi(tmp_path / f"{name}.mid")
    index = tmp_path / "index.tsv"
    index.write_text("file\tsplit\na.mid\ttrain\nb.mid\tval\n")
    words = ("model", "train-performance", tmp_path, "--index", index, "-o", tmp_path / "new.npz")
    result = emsync(*words, "--passes", 1)
    assert result.status == 0, result.err
    assert json.loads(result.out)["songs"] == 1
    assert read_network(tmp_path / "new.npz").table.size
    again = emsync(*words)
    assert again.status == 2 and "exists" in again.err
    report = tmp_path / "report.json"
    result = emsync(
        "model", "evaluate-performance", tmp_path, tmp_path / "a.mid", "--index", index,
        "-o", report,
    )  # fmt: skip
    assert result.status == 0, result.err
    assert result.out.count("drift") == 2
    assert json.loads(report.read_text())["pieces"]["spread"]["within_songs"]["n"] == 1
