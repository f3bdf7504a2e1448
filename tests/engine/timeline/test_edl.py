from __future__ import annotations

import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock, FrameRate, parse_rate
from engine.timeline.edl import looks_like, parse, read, write

PAL = Clock(FrameRate(25), "01:00:00:00")

CUTS = """TITLE: Reel 1
FCM: NON-DROP FRAME

001  TAPE1    V     C        05:00:00:00 05:00:04:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME: A001
002  TAPE2    V     C        06:00:00:00 06:00:02:12 01:00:04:00 01:00:06:12
M2   TAPE2          050.0                06:00:00:00
* LOC: 01:00:05:00 RED     Door slams [may]
003  TAPE2    V     C        06:00:02:12 06:00:02:12 01:00:06:12 01:00:06:12
003  TAPE3    V     D    024 07:00:00:00 07:00:05:00 01:00:06:12 01:00:11:12
* TO CLIP NAME: A003
004  TAPE3    AA    C        07:00:00:00 07:00:01:00 01:00:08:00 01:00:09:00
005  BL       V     C        00:00:00:00 00:00:00:00 01:00:11:12 01:00:11:12
005  TAPE4    V     D    025 08:00:00:00 08:00:05:00 01:00:11:12 01:00:16:12
006  TITLE    V2    K B  010 00:00:00:00 00:00:02:00 01:00:12:00 01:00:14:00
007  LONG REEL NAME V  W001 010 08:00:00:00 08:00:02:00 01:00:16:12 01:00:18:12
008  TAPE5    V     C        08:00:00:00 08:00:02:00 01:00:20:00 01:00:22:00
"""


def test_the_record_side_of_a_cut_list_is_read():
    found = parse(CUTS, "reel.edl", PAL)
    assert found.of("cuts").hits == (
        Hit(4.0, kind="cut"),
        Hit(6.48, kind="dissolve", end=7.44),
        Hit(11.48, kind="fade", end=12.48),
        Hit(16.48, kind="wipe", end=16.88),
        Hit(18.48, kind="cut"),
        Hit(20.0, kind="cut"),
    )
    assert found.of("hits").hits == (Hit(5.0, "Door slams", must=False),)
    assert found.duration == 22.0


def test_markers_of_resolve_are_no_edits():
    text = (
        "TITLE: Timeline 1\nFCM: NON-DROP FRAME\n\n"
        "001  001      V     C        01:00:04:12 01:00:04:13 01:00:04:12 01:00:04:13  \n"
        "what the editor noted |C:ResolveColorBlue |M:Door slams |D:1\n\n"
        "002  001      V     C        01:00:10:00 01:00:10:01 01:00:10:00 01:00:10:01  \n"
        " |C:ResolveColorRed |M:Chase [tense] |D:50\n"
    )
    assert parse(text, "m.edl", PAL).hits == (
        Hit(4.48, "Door slams"),
        Hit(10.0, "Chase", emotion="tense", end=12.0),
    )


def test_drop_frame_is_as_the_list_says():
    rate = parse_rate("29.97")
    event = "001  A  V  C  00:00:00:00 00:00:01:00 00:01:00:02 00:01:05:00\n"
    later = "002  A  V  C  00:00:00:00 00:00:01:00 00:02:00:02 00:02:05:00\n"
    drop = parse("FCM: DROP FRAME\n" + event + later, "x.edl", Clock(rate))
    assert drop.hits[-1] == Hit(float(3598 / rate.fps), kind="cut")
    still = parse("FCM: NON-DROP FRAME\n" + event + later, "x.edl", Clock(rate))
    assert still.hits[-1] == Hit(float(3602 / rate.fps), kind="cut")


def test_what_lies_before_the_film_is_left_out():
    text = (
        "001  BARS V C 00:00:00:00 00:00:30:00 00:59:00:00 00:59:30:00\n"
        "002  A    V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
        "003  B    V C 00:00:00:00 00:00:02:00 01:00:02:00 01:00:04:00\n"
    )
    assert parse(text, "x.edl", PAL).hits == (Hit(2.0, kind="cut"),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("001  A V C 00:00:00:00 00:00:01:00 00:00:00:00\n", "line 1: .* is no event"),
        ("\n001 A V X 1:2 3\n", "line 2: '001 A V X 1:2 3' is no event"),
        ("001 A V C 00:00:00:00 00:00:01:00 01:00:00:99 01:00:01:00\n", "line 1: 01:00:00:99"),
        ("001 A V C 00:00:00:00 00:00:01:00 01:00:02:00 01:00:01:00\n", "line 1: the record side"),
        ("FCM: DROP FRAME\n", "line 1: the list is drop-frame"),
        (CUTS.replace("[may]", "[may, x]"), "line 6: .*'x' is no tag"),
    ],
)
def test_a_wrong_line_is_named(text, complaint):
    with pytest.raises(EmsyncError, match=f"^x.edl, {complaint}"):
        parse(text, "x.edl", PAL)


def test_an_edl_needs_a_rate():
    with pytest.raises(
        EmsyncError, match=r"line 4: the frame rate is unknown; .*give a frame rate"
    ):
        parse(CUTS, "x.edl", Clock())
    with pytest.raises(ValueError, match="give a frame rate"):
        write(HitList(()), "x.edl")


def test_an_edl_is_known_by_its_lines():
    assert looks_like(CUTS) and looks_like("\n" + CUTS.partition("\n\n")[2])
    assert not looks_like("1.5 Door\n") and not looks_like("time,label\n")


def test_cuts_and_markers_are_written_together(tmp_path):
    hits = (
        Hit(1.0, "Door", must=False),
        Hit(2.0, "to B", kind="cut"),
        Hit(3.0, end=4.0, kind="fade"),
    )
    path = tmp_path / "x.edl"
    write(HitList(hits, PAL), path)
    assert read(path, PAL).hits == hits
    assert "FCM: NON-DROP FRAME" in path.read_text()


def test_the_library_reads_the_same_edits(tmp_path):
    otio = pytest.importorskip("opentimelineio")
    if "cmx_3600" not in otio.adapters.available_adapter_names():
        pytest.skip("needs otio-cmx3600-adapter")
    path = tmp_path / "x.edl"
    hits = (Hit(1.0, kind="cut"), Hit(2.0, "Door"), Hit(3.4, kind="cut"))
    write(HitList(hits, PAL), path)
    (track,) = otio.adapters.read_from_file(str(path), rate=25).video_tracks()
    starts = [clip.range_in_parent().start_time.to_seconds() for clip in track]
    assert starts == pytest.approx([0.0, 1.0, 3.4])
    (marker,) = track[1].markers
    assert marker.name == "Door"
