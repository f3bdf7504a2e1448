"""A film is scored, and parts of the score are composed anew; a tiny network composes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.music.midi_file import MidiNote, read_midi_file
from engine.plan.json_form import read_plan
from export.sound.wav import open_wav


@pytest.fixture(scope="module")
def old(draw_film, network_file, tmp_path_factory) -> Path:
    """The score of a film of 20 s."""
    from bridge.cli import main

    folder = tmp_path_factory.mktemp("scores")
    film = draw_film(folder / "film.mp4", 20, 9)
    words = ["score", str(film), "-o", str(folder / "out"), "--model", str(network_file)]
    assert main([*words, "--takes", "1", "--seed", "5", "--rpp", "--ardour"]) == 0
    return folder / "out"


@pytest.fixture
def rescore(emsync, network_file):
    """Run ``emsync rescore`` with these words and one take."""
    return lambda *words: emsync("rescore", *words, "--model", network_file, "--takes", 1)


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def notes(folder: Path, start: float, end: float) -> set[tuple[str, MidiNote]]:
    """The notes that begin in a part of a score, with the names of their tracks."""
    midi = read_midi_file(folder / "score.mid")
    return {
        (track.name.lower(), note)
        for track in midi.tracks
        for note in track.notes
        if start - 0.002 <= float(midi.clock.seconds(note.start)) < end - 0.002
    }


def report(folder: Path) -> dict[str, object]:
    return json.loads((folder / "report.json").read_text())


def test_a_stretch_is_new_and_the_rest_is_the_same(rescore, old, tmp_path):
    before = content(old)
    new = tmp_path / "new"
    result = rescore(old, "--from", 6, "--to", 12, "--exact", "-o", new)
    assert result.status == 0, result.err
    assert content(old) == before
    assert set(content(new)) == set(before)
    for start, end in ((0, 6), (12, 20)):
        assert notes(new, start, end) == notes(old, start, end)
    fresh = notes(new, 6, 12)
    assert fresh and fresh != notes(old, 6, 12)
    assert len({note.velocity for _, note in fresh}) > 4
    for name in ("plan.json", "cues.json", "scores.npz"):
        assert content(new)[name] == before[name]
    midis = [read_midi_file(folder / "score.mid") for folder in (old, new)]
    assert midis[0].tempos == midis[1].tempos and midis[0].metres == midis[1].metres
    written = report(new)
    assert written["seed"] == 6
    share = written["rescore"]
    assert share["seconds"] == 14.0 and share["source"] == str(old)
    assert share["notes"] == len(notes(old, 0, 6)) + len(notes(old, 12, 20))
    assert share["new"] == [
        {"start": 6.0, "end": 12.0,
         "instruments": ["bass", "drums", "guitar", "piano", "strings"],
         "bars": None, "snapped": False},
    ]  # fmt: skip
    assert share["seam"] > 0 and share["old_seam"] > 0
    assert [part["old"] for part in share["parts"]] == [0.0, 12.0]
    assert "6.000 to    12.000 s  new: bass, drums, guitar, piano, strings\n" in result.out


def test_the_sound_of_what_is_kept_is_the_same(rescore, old, tmp_path):
    pytest.importorskip("midirenderer")
    new = tmp_path / "new"
    result = rescore(old, "--from", 3, "--to", 4, "--exact", "--no-film", "-o", new)
    assert result.status == 0, result.err
    assert report(new)["sound"]["level"] == report(old)["sound"]["level"]
    for name in ("score.wav", "stems/drums.wav"):
        files = [open_wav(folder / name) for folder in (old, new)]
        before, after = (file.read(0, file.frames) for file in files if file is not None)
        (changed,) = (before != after).any(axis=1).nonzero()
        assert len(before) == len(after) == 20 * 48000
        assert changed[0] > 2.9 * 48000 and changed[-1] < 12 * 48000


def test_parts_are_new_and_the_files_of_the_others_are_the_same(rescore, old, tmp_path):
    new = tmp_path / "new"
    words = "--part", "strings,piano", "--from", 3, "--seed", 9, "--no-audio"
    result = rescore(old, *words, "-o", new)
    assert result.status == 0, result.err
    before, after = content(old), content(new)
    for part in ("bass", "drums", "guitar"):
        assert after[f"stems/{part}.mid"] == before[f"stems/{part}.mid"]
    assert after["stems/strings.mid"] != before["stems/strings.mid"]
    plan = read_plan(old / "plan.json")
    # It begins where the bar nearest to 3 s does.
    starts = [plan.seconds_at(line) for line in plan.bar_lines()]
    start = min(starts, key=lambda seconds: abs(seconds - 3))
    first = starts.index(start) + 1
    assert abs(start - 3) > 0.1
    assert notes(new, 0, start) == notes(old, 0, start)
    assert report(new)["seed"] == 9
    (anew,) = report(new)["rescore"]["new"]
    assert anew["start"] == round(start, 3) and anew["snapped"]
    last = len(starts)
    assert anew["bars"] == [first, last]
    assert f"new: piano, strings (bars {first} to {last}, snapped to bar lines)" in result.out


def test_every_version_has_a_folder_of_its_own(rescore, old, tmp_path):
    """Without -o they lie beside the first; a version of a version does too."""
    first = tmp_path / "film"
    first.mkdir()
    for name, data in content(old).items():
        (first / name).parent.mkdir(parents=True, exist_ok=True)
        (first / name).write_bytes(data)
    assert rescore(first, "--from", 14, "--exact", "--no-audio").status == 0
    words = "--to", 4, "--exact", "--density", 4, "--no-audio"
    assert rescore(tmp_path / "film-2", *words).status == 0
    assert {path.name for path in tmp_path.iterdir()} == {"film", "film-2", "film-3"}
    assert notes(first, 4, 14) == notes(tmp_path / "film-3", 4, 14)
    assert notes(tmp_path / "film-2", 14, 20) == notes(tmp_path / "film-3", 14, 20)
    assert [report(tmp_path / name)["seed"] for name in ("film", "film-2", "film-3")] == [5, 6, 7]
    result = rescore(first, "--from", 14, "--force")
    assert "holds the old score" in result.err


def test_a_section_changes_its_emotion_density_players_and_chords(rescore, old, tmp_path):
    new = tmp_path / "new"
    result = rescore(
        old, "--section", 1, "--emotion", "epic", "--density", 9, "--instruments", "piano,bass",
        "--chords", "Dm | A Dm", "--no-audio", "-o", new,
    )  # fmt: skip
    assert result.status == 0, result.err
    plan = json.loads((new / "plan.json").read_text())
    phrase = plan["phrases"][0]
    assert (phrase["density"], phrase["instruments"]) == (9.0, ["bass", "piano"])
    assert phrase["chords"][:2] == ["Dm", "A Dm"]
    old_plan = json.loads((old / "plan.json").read_text())
    assert (plan["points"], plan["bars"]) == (old_plan["points"], old_plan["bars"])
    sheet = json.loads((new / "cues.json").read_text())
    assert sheet["sections"][0]["source"] == "user"


def test_an_edited_plan_is_kept_if_its_beats_are_those_of_the_score(rescore, old, tmp_path):
    plan = json.loads((old / "plan.json").read_text())
    plan["phrases"][0]["density"] = 5.5
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(plan))
    words = "--to", 4, "--no-audio", "--plan", path
    assert rescore(old, *words, "-o", tmp_path / "new").status == 0
    assert json.loads((tmp_path / "new" / "plan.json").read_text()) == plan
    plan["bars"][0] = 3
    path.write_text(json.dumps(plan))
    result = rescore(old, *words, "-o", tmp_path / "other")
    assert result.status == 2 and "bars differs from the old score's" in result.err
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "name what to compose anew"),
        (("--section", 9), "section 9: the last section of the film is"),
        (("--section", 1, "--from", 2), "a section has its own times"),
        (("--from", 8, "--to", 8), "give two rising times"),
        (("--from", 99), "give two rising times"),
        (("--part", "kazoo"), "must be a list of one or more of bass"),
        (("--to", 5, "--density", 1e6), "density"),
        (("--to", 5, "--emotion", "tens"), "tense"),
        (("--to", 5, "--chords", "X"), "chord 'X'"),
        (("--to", 5, "--arousal", 2), "out of range"),
    ],
)
def test_what_can_not_be_composed_anew_is_one_line(rescore, old, tmp_path, words, complaint):
    result = rescore(old, *words, "-o", tmp_path / "new")
    assert result.status == 2 and result.err.count("\n") == 1
    assert complaint in result.err
    assert not (tmp_path / "new").exists()


def test_the_film_is_never_replaced(rescore, old):
    film = old.parent / "film.mp4"
    before = film.read_bytes()
    result = rescore(old, "--section", 1, "-o", old.parent, "--force")
    assert result.status == 2
    assert result.err.endswith(f"{old.parent}: film.mp4 is the film itself; name another folder\n")
    assert film.read_bytes() == before


def test_a_list_with_a_moved_hit_changes_the_bars_around_it(rescore, old, tmp_path):
    cues = json.loads((old / "cues.json").read_text())
    times = [hit["seconds"] if isinstance(hit, dict) else hit for hit in cues["boundaries"]]
    first = min(times, key=lambda time: abs(time - 9))
    (tmp_path / "hits.txt").write_text("\n".join(f"{t + (t == first)}" for t in times))
    new = tmp_path / "new"
    result = rescore(old, "--boundaries", tmp_path / "hits.txt", "--no-audio", "-o", new)
    assert result.status == 0, result.err
    found = [hit["seconds"] if isinstance(hit, dict) else hit
             for hit in json.loads((new / "cues.json").read_text())["boundaries"]]  # fmt: skip
    assert found == pytest.approx([t + (t == first) for t in times], abs=0.001)
    (anew,) = report(new)["rescore"]["new"]
    assert 0 < anew["start"] < first < first + 1 < anew["end"]
    kept = {(name, note.pitch, note.velocity) for name, note in notes(new, 0, anew["start"])}
    assert kept == {(n, note.pitch, note.velocity) for n, note in notes(old, 0, anew["start"])}
    result = rescore(old, "--boundaries", tmp_path / "hits.txt", "--part", "piano", "-o", new)
    assert result.status == 2 or "leave out section, parts" in result.err
