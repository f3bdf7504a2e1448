from __future__ import annotations

from engine.cues_json import read_cues


def test_writes_a_cue_sheet(emsync, clip, tmp_path):
    result = emsync("analyze", clip, "-o", tmp_path / "cues.json")
    assert result.status == 0
    assert result.out.startswith("1 cut; 2 boundaries, 1 section in 9.0 s")
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


def test_a_stretch_without_hits_keeps_its_cuts_and_no_boundary(emsync, clip, tmp_path):
    path = tmp_path / "cues.json"
    words = ("analyze", clip, "-o", path, "--force")
    # Frames and clock times; the film has 12 frames a second.
    for stretch in ("3-5", "36f-60f", "0:03.0-00:00:05:00"):
        assert emsync(*words, "--no-hits", stretch).status == 0
        cues = read_cues(path)
        assert len(cues.cuts) == 1
        assert (cues.boundaries, cues.no_hits) == ((0.0, 7.0), ((3.0, 5.0),))
    assert emsync(*words, "--no-hits", "8-99", "--no-hits", "50-60").status == 0
    assert read_cues(path).no_hits == ((8.0, 9.0),)
    # From the start of the part that is scored, as all clock times.
    assert emsync(*words, "--start", "1", "--no-hits", "2-4").status == 0
    assert read_cues(path).no_hits == ((2.0, 4.0),)
    assert len(read_cues(path).boundaries) == 2
    for wrong in ("3", "5-3", "a-b"):
        result = emsync(*words, "--no-hits", wrong)
        assert result.status == 2 and len(result.err.splitlines()) == 1


def test_a_list_with_a_stretch_alone_leaves_the_cuts_of_the_film(emsync, clip, tmp_path):
    path, hits = tmp_path / "cues.json", tmp_path / "hits.txt"
    words = ("analyze", clip, "-o", path, "--force", "--boundaries", hits)
    hits.write_text("6.0 - 9.0  [off]\n")
    assert emsync(*words).status == 0
    assert len(read_cues(path).boundaries) == 2
    hits.write_text("1.0\n3.0 - 5.0 Talk [off]\n3.0 Door\n5.0\n8.0\n")
    assert emsync(*words).status == 0
    assert (read_cues(path).boundaries, read_cues(path).no_hits) == ((1.0, 5.0, 8.0), ((3.0, 5.0),))


def test_an_offset_moves_the_hits_by_frames(emsync, clip, tmp_path):
    path = tmp_path / "cues.json"
    words = ("analyze", clip, "-o", path, "--force")
    for offset, moved in (("2", 2 / 12), ("-3", -0.25), ("-00:00:01:00", -1.0)):
        assert emsync(*words, f"--hit-offset={offset}").status == 0
        assert read_cues(path).boundaries[0] == 0.0
        assert abs(read_cues(path).boundaries[1] - 4.0 - moved) < 0.01
    for wrong in ("soon", "9999", "1.5"):
        result = emsync(*words, f"--hit-offset={wrong}")
        assert result.status == 2 and len(result.err.splitlines()) == 1
