"""Edit lists of both cuts, or one whose source is the old film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import EmsyncError
from engine.recut.edits import common, film_pieces, of_film, pieces, whole_film
from engine.recut.stretches import Stretch
from engine.timecode import Clock, parse_rate
from engine.timeline.edl import Edit, read_edits

CLOCK = Clock(parse_rate("25"))
OLD = """TITLE: old
001  A001     V     C        00:00:10:00 00:00:14:00 01:00:00:00 01:00:04:00
002  B001     V     C        00:01:00:00 00:01:03:00 01:00:04:00 01:00:07:00
003  A001     V     C        00:00:30:00 00:00:36:00 01:00:07:00 01:00:13:00
004  A001     V     C        00:00:36:00 00:00:36:00 01:00:13:00 01:00:13:00
004  B001     V     D    025 00:02:00:00 00:02:05:00 01:00:13:00 01:00:18:00
"""


@pytest.fixture
def edits(tmp_path):
    def read(text: str) -> tuple[Edit, ...]:
        path = tmp_path / "list.edl"
        path.write_text(text)
        return read_edits(path, CLOCK)

    return read


def test_two_lists_of_the_same_reels(edits):
    """The second shot goes, the third begins a second later, and the dissolve stays."""
    new = """001  A001     V     C        00:00:10:00 00:00:14:00 01:00:00:00 01:00:04:00
002  A001     V     C        00:00:31:00 00:00:36:00 01:00:04:00 01:00:09:00
003  A001     V     C        00:00:36:00 00:00:36:00 01:00:09:00 01:00:09:00
003  B001     V     D    025 00:02:00:00 00:02:05:00 01:00:09:00 01:00:14:00
"""
    found = common(pieces(edits(OLD)), pieces(edits(new)))
    assert found == (Stretch(0.0, 0.0, 4.0), Stretch(8.0, 4.0, 10.0))


def test_a_dissolve_that_became_a_cut_is_new_picture(edits):
    new = OLD.replace("D    025", "C        ")
    found = common(pieces(edits(OLD)), pieces(edits(new)))
    assert found == (Stretch(0.0, 0.0, 13.0), Stretch(14.0, 14.0, 4.0))


def test_reordered_shots_are_found_and_others_are_not(edits):
    new = """001  B001     V     C        00:01:00:00 00:01:03:00 01:00:00:00 01:00:03:00
002  C001     V     C        00:00:10:00 00:00:12:00 01:00:03:00 01:00:05:00
003  A001     V     C        00:00:10:00 00:00:14:00 01:00:05:00 01:00:09:00
004  A001     A     C        00:00:30:00 00:00:36:00 01:00:09:00 01:00:15:00
"""
    found = common(pieces(edits(OLD)), pieces(edits(new)))
    assert found == (Stretch(4.0, 0.0, 3.0), Stretch(0.0, 5.0, 4.0))


def test_of_a_shot_that_the_old_cut_has_twice_the_longest_part_counts(edits):
    old = """001  A001     V     C        00:00:10:00 00:00:12:00 01:00:00:00 01:00:02:00
002  A001     V     C        00:00:10:00 00:00:20:00 01:00:02:00 01:00:12:00
"""
    new = "001  A001     V     C        00:00:10:00 00:00:16:00 01:00:00:00 01:00:06:00\n"
    assert common(pieces(edits(old)), pieces(edits(new))) == (Stretch(2.0, 0.0, 6.0),)


FROM_FILM = """001  FILM     V     C        01:00:00:00 01:00:04:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME: reel one.mov
002  NEW      V     C        00:00:00:00 00:00:02:00 01:00:04:00 01:00:06:00
003  FILM     V     C        01:00:09:00 01:00:12:00 01:00:06:00 01:00:09:00
* FROM CLIP NAME: reel one.mov
"""


def test_the_old_film_as_source(edits):
    found = edits(FROM_FILM)
    reels = of_film(found, "/films/Reel One.mov")
    assert reels == {"FILM"} == of_film(found, "other.mov", "film")
    first = Fraction(3600)
    assert common(whole_film(20.0), film_pieces(found, reels, first)) == (
        Stretch(0.0, 0.0, 4.0),
        Stretch(9.0, 6.0, 3.0),
    )
    # The film ends within the last piece.
    assert common(whole_film(10.0), film_pieces(found, reels, first))[-1].length == 1.0


def test_the_only_reel_of_a_list_is_the_old_film(edits):
    alone = edits("001  X     V     C        00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00\n")
    assert of_film(alone, "film.mp4") == {"X"}


def test_a_reel_that_can_not_be_told_is_an_error(edits):
    with pytest.raises(EmsyncError, match=r"A001, B001 is named film.mp4"):
        of_film(edits(OLD), "film.mp4")
    with pytest.raises(EmsyncError, match="the list has A001, B001"):
        of_film(edits(OLD), "film.mp4", "C001")


def test_another_speed_and_black_are_new_picture(edits):
    fast = """001  A001     V     C        00:00:10:00 00:00:18:00 01:00:00:00 01:00:04:00
002  BL       V     C        00:00:00:00 00:00:02:00 01:00:04:00 01:00:06:00
"""
    assert pieces(edits(fast)) == ()


def test_what_is_no_edit_list_is_refused(tmp_path):
    path = tmp_path / "list.edl"
    path.write_text("hello")
    with pytest.raises(EmsyncError, match=r"list.edl: is no EDL"):
        read_edits(path, CLOCK)
    with pytest.raises(EmsyncError, match="can't be read"):
        read_edits(Path(tmp_path / "gone.edl"), CLOCK)
