"""REAPER projects, as two readers of them see one."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from engine.music.tempo import PPQ
from engine.score import Instrument
from export.rpp import rpp
from export.ticks import TickNote, tick_score


@pytest.fixture
def tree(project, tmp_path):
    reader = pytest.importorskip("rpp", reason="needs rpp, of the extra dev")
    return reader.loads(rpp(project, tmp_path / "out"))


def lines(element, name: str) -> list[list[str]]:
    return [row[1:] for row in element if isinstance(row, list) and row[0] == name]


def tracks(tree):
    return {lines(track, "NAME")[0][0]: track for track in tree.findall("TRACK")}


def seconds(beats: float, tempos: list[tuple[float, float]]) -> float:
    """The time of a beat by REAPER's tempo envelope: seconds and beats a minute of each point."""
    for (start, bpm), (end, _) in zip(tempos, [*tempos[1:], (float("inf"), 0)], strict=True):
        if beats <= (end - start) * bpm / 60:
            return start + beats * 60 / bpm
        beats -= (end - start) * bpm / 60
    raise AssertionError


def test_reacli_finds_no_fault(project, tmp_path):
    path = tmp_path / "score.rpp"
    path.write_text(rpp(project, tmp_path), encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "rac", "rpp", "validate", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "No module named" in result.stderr:
        pytest.skip("needs reacli, of the extra dev")
    assert json.loads(result.stdout) == {"ok": True, "tracks": 7, "markers": 6}


def test_a_reader_writes_the_same_project_again(project, tmp_path):
    reader = pytest.importorskip("rpp", reason="needs rpp, of the extra dev")
    first = reader.loads(rpp(project, tmp_path))
    assert reader.dumps(reader.loads(reader.dumps(first))) == reader.dumps(first)


def test_the_film_begins_where_the_score_does(tree):
    item = tracks(tree)["Film"].find("ITEM")
    assert lines(item, "POSITION") == [["0"]]
    assert lines(item, "SOFFS") == [["5"]] and lines(item, "LENGTH") == [["16"]]
    assert item.find("SOURCE").attrib == ["VIDEO"]
    assert lines(item.find("SOURCE"), "FILE") == [["../films/my film.mp4"]]
    # The ruler shows the film's timecode: an hour, and five seconds.
    assert lines(tree, "PROJOFFS") == [["3605", "0", "0"]]


def test_the_parts_are_in_a_folder_and_have_colours(tree):
    names = list(tracks(tree))
    assert names == ["Film", "EMSYNC", *(i.value.capitalize() for i in Instrument)]
    folders = [lines(track, "ISBUS")[0] for track in tracks(tree).values()]
    assert folders == [["0", "0"], ["1", "1"], *[["0", "0"]] * 4, ["2", "-1"]]
    colours = {lines(tracks(tree)[i.value.capitalize()], "PEAKCOL")[0][0] for i in Instrument}
    assert len(colours) == 5 and all(int(colour) >> 24 == 1 for colour in colours)


def test_hits_are_markers_and_sections_regions(tree):
    found = [[row[1], row[2], row[3]] for row in lines(tree, "MARKER")]
    assert found == [
        ["2", 'door "slams"', "0"], ["8", "hit 2", "0"],
        ["0", "calm", "1"], ["8", "", "1"], ["8", "tense", "1"], ["16", "", "1"],
    ]  # fmt: skip


def test_every_note_is_where_the_score_has_it(tree, project):
    ticks = tick_score(project.score)
    tempos = [(float(row[0]), float(row[1])) for row in lines(tree.find("TEMPOENVEX"), "PT")]
    for instrument in Instrument:
        source = tracks(tree)[instrument.value.capitalize()].find("ITEM").find("SOURCE")
        assert lines(source, "HASDATA") == [["1", str(PPQ), "QN"]]
        now, active, found = 0, {}, []
        for delta, status, first, second in lines(source, "E"):
            now += int(delta)
            kind, channel = int(status, 16) & 0xF0, int(status, 16) & 0xF
            assert channel == instrument.channel
            if kind == 0x90:
                active[first] = now, int(second, 16)
            elif kind == 0x80:
                onset, velocity = active.pop(first)
                found.append(TickNote(onset, now, int(first, 16), velocity))
        assert not active and now == ticks.end
        assert sorted(found) == list(ticks.parts[instrument])
        times = [seconds(note.onset / PPQ, tempos) for note in sorted(found)]
        onsets = [note.onset for note in project.score.part(instrument)]
        assert times == pytest.approx(onsets, abs=0.001)


def test_bars_follow_the_score(tree):
    points = lines(tree.find("TEMPOENVEX"), "PT")
    signatures = [(float(row[0]), int(row[3])) for row in points if len(row) > 3]
    assert [(s & 0xFFFF, s >> 16) for _, s in signatures] == [(4, 4), (3, 4), (6, 8), (4, 4)]
    assert [time for time, _ in signatures] == pytest.approx([0.0, 4.0, 5.875, 7.75])


def test_a_score_without_its_film_has_no_track_for_it(project, tmp_path):
    reader = pytest.importorskip("rpp", reason="needs rpp, of the extra dev")
    tree = reader.loads(rpp(replace(project, film=None), tmp_path))
    assert "Film" not in tracks(tree)
    assert lines(tree, "PROJOFFS") == [["0", "0", "0"]]


@pytest.mark.parametrize(
    ("name", "written"),
    [('a "b"', "'a \"b\"'"), ("a 'b' \"c\"", "`a 'b' \"c\"`"), ("a\nb", '"a b"'), ("", '""')],
)
def test_names_stay_one_value(project, tmp_path, name, written):
    text = rpp(replace(project, hits=((1.0, name),)), tmp_path)
    assert f"MARKER 1 1 {written} 0 0 1" in text


def test_equal_projects_are_equal_files(project, tmp_path):
    assert rpp(project, tmp_path) == rpp(project, tmp_path)
