from __future__ import annotations

from engine.cues import read_cues


def test_writes_a_cue_sheet(emsync, clip, tmp_path):
    result = emsync("analyze", clip, "-o", tmp_path / "cues.json")
    assert result.status == 0
    assert result.out.startswith("1 cut; 2 boundaries, 1 sections in 9.0 s")
    cues = read_cues(tmp_path / "cues.json")
    assert cues.boundaries[0] == 0.0
    assert abs(cues.boundaries[1] - 4.0) < 0.01
    assert cues.duration == 9.0


def test_scores_are_kept_and_used_again_without_decoding(emsync, clip, tmp_path):
    film, scores = tmp_path / "film.avi", tmp_path / "scores.npz"
    film.write_bytes(clip.read_bytes())
    words = ("analyze", film, "-o", tmp_path / "cues.json", "--force", "--scores", scores)
    assert emsync(*words).status == 0
    first = (tmp_path / "cues.json").read_text()
    # As many bytes, but no film any more.
    film.write_bytes(bytes(film.stat().st_size))
    assert emsync(*words).status == 0
    assert (tmp_path / "cues.json").read_text() == first
    assert emsync(*words, "--sensitivity", "0.1", "--min-distance", "9").status == 0
    cues = read_cues(tmp_path / "cues.json")
    assert cues.boundaries == (4.0,)
    film.write_bytes(b"another film")
    result = emsync(*words)
    assert result.status == 2 and "scores of another film" in result.err


def test_refuses_to_write_over_a_folder(emsync, clip, tmp_path):
    (tmp_path / "taken").mkdir()
    assert emsync("analyze", clip, "-o", tmp_path / "taken").status == 2


def test_force_replaces_a_cue_sheet(emsync, clip, tmp_path):
    path = tmp_path / "cues.json"
    path.write_text("mine")
    assert emsync("analyze", clip, "-o", path).status == 2
    assert path.read_text() == "mine"
    assert emsync("analyze", clip, "-o", path, "--force").status == 0
    assert read_cues(path).duration == 9.0


def test_the_demo_film(emsync, demo, tmp_path):
    assert emsync("analyze", demo, "-o", tmp_path / "cues.json").status == 0
    assert read_cues(tmp_path / "cues.json").boundaries == (0.0, 6.0, 11.0, 17.5, 22.0, 26.5)
