"""``emsync cues``, and hits on the way to a score."""

from __future__ import annotations

import json

import pytest

from engine.cues_json import read_cues
from engine.hits import Hit

HITS = "# frame rate: 25\n01:00:02:00 Door slams [may]\n01:00:05:00 tense\n"


@pytest.fixture
def hits(tmp_path):
    path = tmp_path / "hits.txt"
    path.write_text(HITS)
    return path


def test_a_list_goes_into_another_format_and_back(emsync, hits, tmp_path):
    edl, back = tmp_path / "hits.edl", tmp_path / "back.txt"
    start = ("--start-timecode", "01:00:00:00")
    assert emsync("cues", hits, "-o", edl, *start).out == f"2 hits, 0 cuts: {edl}\n"
    assert "|M:Door slams [may] |D:1" in edl.read_text()
    assert emsync("cues", edl, "-o", back, *start, "--frame-rate", "25").status == 0
    assert back.read_text().splitlines()[2:] == [
        "01:00:02:00  Door slams [may]",
        "01:00:05:00  tense",
    ]


def test_an_aaf_says_its_rate_and_first_frame_itself(emsync, hits, tmp_path):
    pytest.importorskip("aaf2")
    aaf, back = tmp_path / "hits.aaf", tmp_path / "back.txt"
    assert emsync("cues", hits, "-o", aaf, "--start-timecode", "01:00:00:00").status == 0
    assert emsync("cues", aaf, "-o", back).status == 0
    assert back.read_text().splitlines() == [
        "# frame rate: 25", "# first frame: 01:00:00:00",
        "01:00:02:00  Door slams [may]", "01:00:05:00  tense",
    ]  # fmt: skip


def test_an_existing_file_is_kept_without_force(emsync, hits, tmp_path):
    assert emsync("cues", hits, "-o", hits).status == 2
    assert hits.read_text() == HITS


def test_a_format_may_be_asked_for(emsync, hits, tmp_path):
    out = tmp_path / "markers.csv"
    words = ("--format", "reaper", "--start-timecode", "01:00:00:00")
    assert emsync("cues", hits, "-o", out, *words).status == 0
    assert out.read_text().splitlines()[1] == "M1,Door slams [may],2.000000,,"


def test_hits_and_cuts_can_be_told_apart(emsync, tmp_path):
    edl, out = tmp_path / "x.edl", tmp_path / "x.csv"
    edl.write_text(
        "001  A V C 00:00:00:00 00:00:02:00 00:00:00:00 00:00:02:00\n* LOC: 00:00:01:00 RED Door\n"
        "002  B V C 00:00:00:00 00:00:02:00 00:00:02:00 00:00:04:00\n"
    )
    for only, said in (
        ("hits", "1 hit, 0 cuts"),
        ("cuts", "0 hits, 1 cut"),
        ("all", "1 hit, 1"),
    ):
        words = ("--frame-rate", "24", "--only", only, "--force")
        assert emsync("cues", edl, "-o", out, *words).out.startswith(said)


def test_a_cue_sheet_takes_up_hits_and_their_emotion(emsync, hits, clip, tmp_path):
    out = tmp_path / "cues.json"
    assert emsync("cues", hits, "-o", out).status == 2
    start = ("--start-timecode", "01:00:00:00")
    assert emsync("cues", hits, "-o", out, "--video", clip, *start).status == 0
    cues = read_cues(out)
    assert cues.hits == (
        Hit(2.0, "Door slams", must=False),
        Hit(5.0, "tense", emotion="tense"),
    )
    assert [(s.start, s.end, s.source) for s in cues.sections] == [
        (0.0, 5.0, "unknown"),
        (5.0, cues.duration, "user"),
    ]
    assert cues.video.timecode == "01:00:00:00"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("-o", "x.edl", "--frame-rate", "17.5"), "--frame-rate: '17.5' is no frame rate"),
        (("-o", "x.edl", "--frame-rate", "25", "--start-timecode", "1"), "--start-timecode: '1'"),
        (("-o", "x.mov"), "x.mov: end its name in .txt"),
        (("-o", "x.json"), "x.json: a cue sheet needs its film; give --video"),
        (("-o", "x.json", "--video", "CLIP"), "is beyond the end of the film"),
    ],
)
def test_what_will_not_do_is_one_line(emsync, hits, clip, tmp_path, monkeypatch, words, complaint):
    monkeypatch.chdir(tmp_path)
    result = emsync("cues", hits, *(clip if word == "CLIP" else word for word in words))
    assert result.status == 2 and result.out == ""
    assert complaint in result.err and result.err.count("\n") == 1
    assert not list(tmp_path.glob("x.*"))


def test_hits_in_timecode_lead_a_score(emsync, hits, clip, tmp_path):
    out = tmp_path / "cues.json"
    words = ("--boundaries", hits, "--start-timecode", "01:00:00:00")
    assert emsync("analyze", clip, "-o", out, *words).status == 0
    cues = read_cues(out)
    assert cues.boundaries == (2.0, 5.0)
    assert cues.sections[-1].start == 5.0
    assert cues.timecode(2.0) == "01:00:02:00"


def test_timecode_is_the_films_and_clock_times_count_from_the_start_of_the_part(
    emsync, clip, tmp_path
):
    hits, out = tmp_path / "hits.txt", tmp_path / "cues.json"
    hits.write_text("00:00:00:06 before\n1.5 by the clock\n00:00:04:00 by timecode\n")
    result = emsync("analyze", clip, "-o", out, "--boundaries", hits, "--start", "2")
    assert result.status == 0
    assert "1 hits outside the scored part are left out" in result.err
    assert read_cues(out).hits == (Hit(1.5, "by the clock"), Hit(2.0, "by timecode"))


def test_the_list_and_the_film_may_begin_elsewhere_and_the_error_says_so(
    emsync, hits, clip, tmp_path
):
    result = emsync("analyze", clip, "-o", tmp_path / "cues.json", "--boundaries", hits)
    assert result.status == 2
    assert "(3602 s) is beyond the end" in result.err
    assert "--start-timecode" in result.err


def test_weights_and_labels_pass_through_json(emsync, clip, tmp_path):
    sheet, out = tmp_path / "cues.json", tmp_path / "again.csv"
    assert emsync("analyze", clip, "-o", sheet).status == 0
    edited = json.loads(sheet.read_text())
    edited["boundaries"] = [1.0, {"seconds": 5.0, "label": "Door", "weight": 3, "must": False}]
    edited["sections"] = [{"start": 0, "end": edited["end"], "emotion": "tense"}]
    sheet.write_text(json.dumps(edited))
    assert emsync("plan", sheet, "-o", tmp_path / "plan.json").status == 0
    assert emsync("cues", sheet, "-o", out).status == 0
    assert out.read_text().splitlines()[-1] == "00:00:05:00,,Door,3,may,,marker"
