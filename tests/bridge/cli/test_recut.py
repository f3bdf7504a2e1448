"""A film is drawn, scored, cut anew and scored again; a tiny network composes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.music.midi_file import read_midi_file
from engine.music.tempo import PPQ


@pytest.fixture(scope="module")
def old(scene_films, network_file, tmp_path_factory) -> Path:
    """The score of the film of all scenes."""
    from bridge.cli import main

    folder = tmp_path_factory.mktemp("scores") / "old"
    words = ["score", str(scene_films("abcd")), "-o", str(folder), "--model", str(network_file)]
    assert main([*words, "--takes", "1", "--seed", "5"]) == 0
    return folder


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ticks(folder: Path, seconds: float, lasts: float) -> set[tuple[object, ...]]:
    """The notes that begin in a part of a score, with ticks counted from its first beat."""
    midi = read_midi_file(folder / "score.mid")
    start, end = (
        round(float(midi.clock.ticks(time)) / PPQ) * PPQ for time in (seconds, seconds + lasts)
    )
    return {
        (track.name, note.pitch, note.velocity, note.start - start)
        for track in midi.tracks
        for note in track.notes
        if start <= note.start < end
    }


def check_kept(old: Path, new: Path, least: float) -> None:
    recut = json.loads((new / "report.json").read_text())["recut"]
    assert recut["seconds"] > least
    for part in recut["parts"]:
        kept = ticks(new, part["new"], part["seconds"])
        assert kept == ticks(old, part["old"], part["seconds"])
        assert len(kept) > 3 * part["bars"]


def test_a_shot_is_removed(emsync, old, scene_films, network_file, tmp_path):
    before = content(old)
    result = emsync("recut", old, scene_films("acd"), "-o", tmp_path / "new",
                    "--model", network_file, "--takes", 1)  # fmt: skip
    assert result.status == 0, result.err
    assert content(old) == before
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "score.mid", "score.musicxml", "score.svg", "plan.json", "cues.json", "report.json",
        "scores.npz", "stems", "score.wav", "film.mp4", "strip.jpg", "written.mid",
    }  # fmt: skip
    check_kept(old, tmp_path / "new", 12)
    report = json.loads((tmp_path / "new" / "report.json").read_text())
    assert (report["seed"], report["dynamics"]) == (5, 1.0)
    assert len({velocity for _, _, velocity, _ in ticks(tmp_path / "new", 0, 23)}) > 8
    lines = result.out.splitlines()
    assert any(line.startswith("  kept ") and "of 23.0 s" in line for line in lines)
    assert any("kept, was at" in line for line in lines)
    stems = {path.name for path in (tmp_path / "new" / "stems").iterdir()}
    assert "piano.mid" in stems
    again = emsync("rescore", tmp_path / "new", "--to", 5, "--model", network_file, "--takes", 1)
    assert again.status == 0, again.err
    assert ticks(tmp_path / "new-2", 6, 17) == ticks(tmp_path / "new", 6, 17)


def test_the_old_film_need_not_be_there(emsync, old, scene_films, network_file, tmp_path):
    """Its scores lie beside the old music."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in old.glob("*.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    sheet = json.loads((folder / "cues.json").read_text())
    sheet["video"]["path"] = "gone.mp4"
    (folder / "cues.json").write_text(json.dumps(sheet))
    words = ("--model", network_file, "--takes", 1)
    assert emsync("recut", folder, scene_films("abxcd"), *words).status == 0
    check_kept(old, tmp_path / "copy-recut", 15)
    (folder / "scores.npz").unlink()
    result = emsync("recut", folder, scene_films("abxcd"), *words)
    assert "only the lengths of shots are compared" in result.err
    assert (
        "no such file" in emsync("recut", folder, scene_films("acd"), "--old-film", "gone.mp4").err
    )
    named = (*words, "--old-film", scene_films("abcd"), "-o", tmp_path / "named")
    assert emsync("recut", folder, scene_films("abxcd"), *named).status == 0


EDL = """TITLE: new
001  FILM     V     C        00:00:00:00 00:00:11:00 01:00:00:00 01:00:11:00
002  NEW      V     C        00:00:00:00 00:00:04:00 01:00:11:00 01:00:15:00
003  FILM     V     C        00:00:11:00 00:00:28:00 01:00:15:00 01:00:32:00
"""


def test_an_edit_list_needs_no_film(emsync, old, network_file, tmp_path):
    path = tmp_path / "new.edl"
    path.write_text(EDL)
    words = ("recut", old, path, "-o", tmp_path / "new", "--model", network_file, "--takes", 1)
    result = emsync(*words, "--reel", "film", "--frame-rate", 25)
    assert result.status == 0, result.err
    check_kept(old, tmp_path / "new", 15)
    sheet = json.loads((tmp_path / "new" / "cues.json").read_text())
    assert sheet["video"]["duration"] == 32.0
    assert not (tmp_path / "new" / "scores.npz").exists()
    assert "name the reel" in emsync(*words, "--frame-rate", 25).err


FCPXML = """<fcpxml version="1.10">
<resources><asset id="a" start="0s" duration="28s" src="file:///films/abcd.mp4"/></resources>
<project><sequence duration="23s"><spine>
<asset-clip ref="a" offset="0s" duration="6s"/>
<asset-clip ref="a" offset="6s" start="11s" duration="17s"/>
</spine></sequence></project></fcpxml>
"""


def test_a_timeline_of_another_program_is_an_edit_list_too(emsync, old, network_file, tmp_path):
    path = tmp_path / "new.fcpxml"
    path.write_text(FCPXML)
    words = ("recut", old, path, "-o", tmp_path / "new", "--model", network_file, "--takes", 1)
    assert emsync(*words).status == 0
    check_kept(old, tmp_path / "new", 12)


def test_what_can_not_be_cut_anew_is_one_line(emsync, old, scene_films, network_file, tmp_path):
    def fails(*words: object) -> str:
        result = emsync("recut", *words, "--model", network_file)
        assert result.status == 2 and result.err.count("\n") == 1
        return result.err

    assert "no such folder" in fails(tmp_path / "none", scene_films("acd"))
    assert "has no cues.json" in fails(tmp_path, scene_films("acd"))
    assert "no such file" in fails(old, tmp_path / "none.mp4")
    assert "too little for whole bars" in fails(old, scene_films("xyzw"), "-o", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert "holds the old score" in fails(old, scene_films("acd"), "-o", old, "--force")
    assert "goes with an edit list" in fails(old, scene_films("acd"), "--reel", "A")
    free = tmp_path / "free"
    free.mkdir()
    for name in ("cues.json", "score.mid"):
        (free / name).write_bytes((old / name).read_bytes())
    assert "free time" in fails(free, scene_films("acd"))


def test_another_network_is_a_warning(
    emsync, old, scene_films, tiny, random_model, exported, tmp_path
):
    other = exported(random_model(tiny(), seed=7))
    result = emsync("recut", old, scene_films("acd"), "-o", tmp_path / "new", "--model", other,
                    "--takes", 1)  # fmt: skip
    assert result.status == 0
    assert "was composed by another network" in result.err
    check_kept(old, tmp_path / "new", 12)
