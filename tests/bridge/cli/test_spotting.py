"""Films with several cues on the command line."""

from __future__ import annotations

import json

import pytest

from engine.cues_json import read_cues
from engine.plan.json_form import read_plan

TEXT = """# frame rate: 12
01:00:00:06 - 01:00:03:06  1m1
01:00:05:00 - 01:00:08:09  1m2 [variation of 1m1, tense]
"""


@pytest.fixture
def spotting(tmp_path):
    path = tmp_path / "spotting.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def options(spotting, network_file):
    timecode = ("--start-timecode", "01:00:00:00")
    return ("--spotting", spotting, *timecode, "--model", network_file, "--takes", 1)


def test_a_film_with_several_cues_from_list_to_playback(
    emsync, clip, network_file, options, tmp_path
):
    out = tmp_path / "out"
    result = emsync("score", clip, "-o", out, *options)
    assert result.status == 0, result.err
    first, one, two, last, sound, watch = result.out.splitlines()
    files = "reel.mid, stems/, reel.wav, film.mp4, 1m1/, 1m2/, cues.json, report.json"
    assert first == f"{out}: {files}"
    assert one.startswith("  1m1  01:00:00:06 - 01:00:03:06  3.0 s at ")
    assert two.startswith("  1m2  01:00:05:00 - 01:00:08:09  3.8 s at ")
    assert two.endswith("; variation of 1m1") and last.startswith("  composed by tiny on cpu")
    assert sound.startswith("  played by ")
    assert watch == f"watch it: emsync preview {out} ({out / 'film.mp4'})"
    assert {path.name for path in out.iterdir()} == {
        "reel.mid", "reel.wav", "film.mp4", "stems", "1m1", "1m2", "cues.json", "report.json",
        "strip.jpg",
    }  # fmt: skip

    # The reel plays as the film does, to its end.
    result = emsync("play", out, "--backend", "none", "--from", 8.2)
    assert result.status == 0, result.err
    result = emsync("play", out, "--backend", "none", "--from", 9.5)
    assert "the piece lasts 9.0 s" in result.err

    # The cue sheet that it wrote is enough to compose it again; one cue fewer leaves no folder.
    values = json.loads((out / "cues.json").read_text())
    (tmp_path / "cues.json").write_text(json.dumps(values))
    again = ("score", clip, "--cues", tmp_path / "cues.json", "--model", network_file)
    assert emsync(*again, "-o", tmp_path / "again", "--takes", 1).status == 0
    for path in out.rglob("*.mid"):
        other = tmp_path / "again" / path.relative_to(out)
        assert path.read_bytes() == other.read_bytes(), path
    values["spotting"] = values["spotting"][:1]
    (tmp_path / "cues.json").write_text(json.dumps(values))
    assert emsync(*again, "-o", out, "--takes", 1, "--force").status == 0
    assert not (out / "1m2").exists() and (out / "1m1" / "score.mid").exists()
    values["spotting"] = []
    (tmp_path / "cues.json").write_text(json.dumps(values))
    assert emsync(*again, "-o", out, "--takes", 1, "--force").status == 0
    assert not (out / "1m1").exists() and not (out / "reel.mid").exists()
    assert (out / "score.mid").exists()


def test_a_cue_sheet_with_a_list_and_a_plan_for_each_cue(emsync, clip, options, tmp_path):
    options = options[:4]
    sheet = tmp_path / "cues.json"
    result = emsync("analyze", clip, "-o", sheet, *options)
    assert result.status == 0, result.err
    assert "2 cues" in result.out
    assert [cue.variation_of for cue in read_cues(sheet).spotting] == [None, "1m1"]
    result = emsync("plan", sheet, "-o", tmp_path / "plan.json")
    assert result.status == 0, result.err
    one, two = (read_plan(tmp_path / f"plan-1m{number}.json") for number in (1, 2))
    assert (one.duration, two.duration) == pytest.approx((3.0, 3.75))
    assert one.phrases[0].key == two.phrases[0].key and one.shares == two.shares
    assert (tmp_path / "plan-1m2.svg").exists() and not (tmp_path / "plan.json").exists()
    result = emsync("plan", sheet, "-o", tmp_path / "plan.json")
    assert result.status == 2 and "plan-1m1.json exists" in result.err
    result = emsync("tempo", sheet, "--picture", tmp_path / "bars.svg")
    assert result.status == 0, result.err
    assert "1m1: " in result.out and "boundaries in 3.0 s" in result.out
    assert (tmp_path / "bars-1m2.svg").exists()


def test_a_list_goes_from_one_format_to_another(emsync, clip, spotting, tmp_path):
    timecode = ("--start-timecode", "01:00:00:00", "--frame-rate", 12)
    table = tmp_path / "spotting.csv"
    result = emsync("cues", spotting, "-o", table, "--only", "spotting", *timecode)
    assert (result.status, result.out) == (0, f"2 cues: {table}\n"), result.err
    sheet = tmp_path / "cues.json"
    result = emsync("analyze", clip, "-o", sheet, "--spotting", table)
    assert result.status == 0, result.err
    assert [(cue.name, cue.start, cue.end) for cue in read_cues(sheet).spotting] == [
        ("1m1", 0.5, 3.5), ("1m2", 5.0, 8.75),
    ]  # fmt: skip
    # A cue sheet takes the list up, and gives it away again.
    other = tmp_path / "other.json"
    result = emsync("cues", table, "-o", other, "--only", "spotting", "--video", clip)
    assert result.status == 0, result.err
    assert read_cues(other).spotting == read_cues(sheet).spotting
    assert read_cues(other).video.timecode == "01:00:00:00"
    text = tmp_path / "again.txt"
    result = emsync("cues", other, "-o", text, "--only", "spotting")
    assert result.status == 0, result.err
    assert "01:00:05:00 - 01:00:08:09  1m2 (variation of 1m1) [tense]" in text.read_text()
    result = emsync("cues", table, "-o", tmp_path / "x.json", "--only", "spotting")
    assert result.status == 2 and "a cue sheet needs its film" in result.err


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ("1 - 5 a\n4 - 8 b\n", (), "a and b overlap: b begins at 4 s and a ends at 5 s"),
        ("1 - 5 a\n6 - 20 b\n", (), "b: its out point, 20 s, is beyond the end, 9.000 s"),
        ("1 - 5 a [variation of b]\n", (), "a is a variation of 'b', but no cue has this name"),
        ("1 - 5 a/b\n", (), "the name 'a/b' can't be that of a folder"),
        ("1 - 5 Stems\n", (), "Stems is the name of a file of the result"),
        ("5 - 1 a\n", (), "line 1: 1 is not after 5"),
        ("1 a\n", (), "no stretch has an in point and an out point"),
        ("1 - 5 a\n", ("--tempo-map", "x.mid"), "x.mid: can't be read"),
        ("1 - 5 a\n6 - 8 b [variation of a]\n", ("--free",), "free: b is a variation"),
    ],
)
def test_a_wrong_list_is_refused_in_a_line(emsync, clip, spotting, tmp_path, text, options, line):
    spotting.write_text(text)
    result = emsync("score", clip, "-o", tmp_path / "out", "--spotting", spotting, *options)
    assert result.status == 2 and line in result.err
    assert len(result.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
