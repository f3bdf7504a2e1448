from __future__ import annotations

import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock, FrameRate
from engine.timeline.avid import looks_like, parse, read, write

PAL = Clock(FrameRate(25), "01:00:00:00")
LIST = (
    "Editor\t01:00:04:12\tV1\tred\tDoor slams [may]\t1\nEditor\t01:00:10:00\tA1\tblue\ttense\t1\n"
)


def test_a_marker_list_is_read():
    assert looks_like(LIST)
    assert parse(LIST, "x.txt", PAL).hits == (
        Hit(4.48, "Door slams", must=False),
        Hit(10.0, "tense", emotion="tense"),
    )


def test_other_lists_are_told_apart():
    assert not looks_like("01:00:04:12\tDoor\n")
    assert not looks_like("Name\tIn\tOut\tDuration\tType\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (LIST + "Editor\tsoon\tV1\tred\tx\n", "line 3: 'soon' is not a time"),
        (LIST + "Editor\t01:00:12:00\n", "line 3: must have user, timecode"),
    ],
)
def test_a_wrong_line_is_named(text, complaint):
    with pytest.raises(EmsyncError, match=f"^x.txt, {complaint}"):
        parse(text, "x.txt", PAL)


def test_what_is_written_is_read(tmp_path):
    hits = (Hit(1.0, "Door"), Hit(2.0, "Run", end=4.0))
    write(HitList(hits, PAL), tmp_path / "x.txt")
    assert read(tmp_path / "x.txt", PAL).hits == hits
    with pytest.raises(ValueError, match="give a frame rate"):
        write(HitList(hits), tmp_path / "y.txt")
