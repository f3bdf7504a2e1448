from __future__ import annotations

import csv

import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock, FrameRate
from engine.timeline.table import header_row, parse, write, write_premiere, write_reaper

PAL = Clock(FrameRate(25), "01:00:00:00")

TABLES = {
    "a spreadsheet with decimal commas": (
        "Time;Label;Weight;Must\n12,5;Door slams;2,5;may\n01:00:20:00;Chase;;\n",
        (Hit(12.5, "Door slams", 2.5, False), Hit(20.0, "Chase")),
    ),
    "tabs and other names": (
        "Name\tTimecode In\tTimecode Out\tMood\nRun\t01:00:02:00\t01:00:04:00\ttense\n",
        (Hit(2.0, "Run", emotion="tense", end=4.0),),
    ),
    "frames": ("frame,label\n50,Door\n", (Hit(2.0, "Door"),)),
    "valence and arousal": (
        'seconds,valence,arousal\n"1,5",-0.5,"0,25"\n', (Hit(1.5, emotion=(-0.5, 0.25)),),
    ),
    "REAPER": (
        "#,Name,Start,End,Length,Color\nM1,Door,0:02.500,,,\nR2,Chase,0:05.000,0:07.000,2.0,FF\n",
        (Hit(2.5, "Door"), Hit(5.0, "Chase", end=7.0)),
    ),
    "Premiere": (
        "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n"
        "\tDoor\t01:00:01:00\t01:00:01:00\t00:00:00:00\tComment\n",
        (Hit(1.0, "Door"),),
    ),
    "Resolve's edit index": (
        "#,Reel,V,C,Source In,Source Out,Record In,Record Out,Name\n"
        "1,A,V1,C,05:00:00:00,05:00:04:00,01:00:04:00,01:00:08:00,shot\n",
        (Hit(4.0, "shot", end=8.0, kind="cut"),),
    ),
    "a quoted separator and a comment": (
        '# made by hand\ntime,label\n3,"Door, slams"\n\n# later\n', (Hit(3.0, "Door, slams"),),
    ),
    "a quoted name of two lines": (
        'time,label\n3,"Door\nslams"\n4,5" gun\n', (Hit(3.0, "Door slams"), Hit(4.0, '5" gun')),
    ),
    "a duration": ("start|duration|title\n4|1.5|Run\n", (Hit(4.0, "Run", end=5.5),)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "hits"), TABLES.values(), ids=TABLES)
def test_tables_are_read(text, hits):
    assert parse(text, "hits.csv", PAL).hits == hits


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("time,label\n1,a\nsoon,b\n", "hits.csv, line 3: 'soon' is not a time"),
        ('time,label\n1,a\n2,"b\n3,c\n', "hits.csv, line 3: a quote is not closed"),
        ("time,label\n1,5,Door\n", "hits.csv, line 2: has 3 cells under 2 headers"),
        ("time,weight\n1,heavy\n", "hits.csv, line 2: 'heavy' is not a number"),
        ("time,must\n1,perhaps\n", "hits.csv, line 2: 'perhaps' is neither"),
        ("time,emotion\n1,tens\n", "hits.csv, line 2: unknown emotion 'tens'"),
        ("time,valence\n1,0.5\n", "hits.csv, line 2: has valence or arousal alone"),
        ("label,time\nDoor,\n", "hits.csv, line 2: has no time"),
        ("a,b\n1,2\n", "hits.csv: has no column time"),
        ("#,Name,Start\nM1,Door,1.1.00\n", "hits.csv, line 2: '1.1.00' is not a time"),
    ],
)
def test_a_wrong_row_is_named(text, complaint):
    with pytest.raises(EmsyncError, match=f"^{complaint}"):
        parse(text, "hits.csv", PAL)


def test_only_a_row_of_headers_makes_a_table():
    assert header_row("# x\ntime;label\n") == (1, ";")
    assert header_row("1.5 door\n") is None
    assert header_row("label,weight\n") is None


def test_the_files_of_other_programs_have_their_headers(tmp_path):
    hits = HitList((Hit(1.0, "Door"), Hit(2.0, "Run", end=4.0)), PAL)
    write_reaper(hits, tmp_path / "reaper.csv")
    rows = list(csv.reader((tmp_path / "reaper.csv").open()))
    assert rows[0][:3] == ["#", "Name", "Start"]
    assert [row[0] for row in rows[1:]] == ["M1", "R2"]
    write_premiere(hits, tmp_path / "premiere.csv")
    lines = (tmp_path / "premiere.csv").read_text().splitlines()
    assert lines[2].split("\t") == [
        "Run", "", "01:00:02:00", "01:00:04:00", "00:00:02:00", "Comment",
    ]  # fmt: skip


def test_a_tsv_has_tabs(tmp_path):
    write(HitList((Hit(1.0, "Door"),), PAL), tmp_path / "hits.tsv")
    lines = (tmp_path / "hits.tsv").read_text().splitlines()
    assert lines[:2] == ["# frame rate: 25", "# first frame: 01:00:00:00"]
    assert lines[3].split("\t")[:3] == ["01:00:01:00", "", "Door"]
