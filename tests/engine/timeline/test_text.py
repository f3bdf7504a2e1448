from __future__ import annotations

from fractions import Fraction

import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock, FrameRate
from engine.timeline.text import decode, parse, read, write

PAL = Clock(FrameRate(25), "01:00:00:00")


def hits(text: str, clock: Clock = PAL) -> tuple[Hit, ...]:
    return parse(text, "hits.txt", clock).hits


def test_times_and_labels_are_read_in_every_form():
    text = (
        "# hits\n\n01:00:12:05 tense\n 1.5  # door\n48f\tSlam [may]\n0:30, Chase\n"
        "40;Run\n00:00:41,5 | Stop\n7.\n01:00:50:00 - 01:00:52:00 C#m ends\n"
    )
    assert hits(text) == (
        Hit(1.5),
        Hit(1.92, "Slam", must=False),
        Hit(7.0),
        Hit(12.2, "tense", emotion="tense"),
        Hit(30.0, "Chase"),
        Hit(40.0, "Run"),
        Hit(41.5, "Stop"),
        Hit(50.0, "C#m ends", end=52.0),
    )


def test_the_list_may_say_its_rate_and_first_frame():
    text = "# frame rate: 29.97df\n# first frame: 01:00:00;00\n01:01:00;02\n"
    found = parse(text, "hits.txt", Clock(FrameRate(25)))
    assert found.hits == (Hit(float(Fraction(1800 * 1001, 30000))),)
    assert str(found.clock.own_rate) == "29.97df"


def test_a_first_frame_that_was_asked_for_goes_before_that_of_the_list():
    text = "# first frame: 01:00:00:00\n01:00:10:00\n"
    clock = Clock(FrameRate(25), "01:00:05:00")
    assert hits(text, clock) == (Hit(5.0),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1\n\nx", "line 3: 'x' is not a time"),
        ("-1", "line 1: '-1' is not a time"),
        ("1\n01:00:00:99", "line 2: 01:00:00:99 is no timecode at 25"),
        ("00:59:00:00", "line 1: 00:59:00:00 is before the film's first frame"),
        ("12x", "line 1: '12x' is not a time"),
        ("3 - 2 back", "line 1: 2 is not after 3"),
        ("3 slam [may, heavy]", "line 1: .*'heavy' is no tag"),
        ("# frame rate: 17.5\n1", "line 1: '17.5' is no frame rate"),
        ("# first frame: 25:00:00:00\n1", "line 1: 25:00:00:00 is no timecode"),
    ],
)
def test_a_wrong_line_is_named(text, complaint):
    clock = Clock(FrameRate(25)) if "first frame" in text else PAL
    with pytest.raises(EmsyncError, match=f"^hits.txt, {complaint}"):
        hits(text, clock)


def test_texts_are_read_in_the_encodings_of_spreadsheets():
    text = "1.5 Türe\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert decode(text.encode(encoding), "x") == text
    for data in (b"\0\1\2", b"\xff\xfe\0", b"\x81\x8d"):
        with pytest.raises(EmsyncError, match="is no list of hits"):
            decode(data, "x")


def test_labels_with_a_number_sign_are_kept(tmp_path):
    path = tmp_path / "hits.txt"
    write(HitList((Hit(1.0, "# 1 and #2"),), PAL), path)
    assert read(path, Clock()).hits == (Hit(1.0, "# 1 and #2"),)


def test_without_a_rate_times_are_clock_times(tmp_path):
    path = tmp_path / "hits.txt"
    write(HitList((Hit(61.25, "Slam"),)), path)
    assert path.read_text() == "00:01:01.250  Slam\n"
