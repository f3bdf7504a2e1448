from __future__ import annotations

from fractions import Fraction

import pytest

from engine.errors import EmsyncError
from engine.recut.edits import common, film_pieces, of_film, pieces, whole_film
from engine.recut.stretches import Stretch
from engine.timecode import Clock
from engine.timeline.edit_lists import is_edit_list, read_edits

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.10">
  <resources>
    <format id="r1" frameDuration="1/25s"/>
    <asset id="a" name="A" start="3600s" duration="500s" src="file:///one/film%201.mov"/>
    <asset id="b" name="B" start="0s" duration="500s"><media-rep src="file:///two/b.mov"/></asset>
  </resources>
  <project name="cut"><sequence format="r1" duration="20s" tcStart="3600s"><spine>
"""
TAIL = "</spine></sequence></project></fcpxml>\n"
CUT = """
<asset-clip ref="a" offset="3600s" start="3610s" duration="4s"/>
<transition name="Cross Dissolve" offset="90090/25s" duration="1s"/>
<clip offset="3604s" start="10s" duration="6s"><video ref="b" offset="8s" start="30s"/></clip>
<asset-clip ref="a" offset="3610s" start="3620s" duration="5s"/>
"""


@pytest.fixture
def edits(tmp_path):
    def read(spine: str):
        path = tmp_path / "cut.fcpxml"
        path.write_text(HEAD + spine + TAIL)
        return read_edits(path, Clock())

    return read


def test_edits_have_their_sources_and_dissolves_begin_before_their_cut(edits):
    first, second, third = edits(CUT)
    assert (first.reel, first.clip, first.first) == ("ONE/FILM 1.MOV", "film 1.mov", 3600)
    assert (first.source, first.start, first.end) == (3610, 0, Fraction(18, 5))
    # The video begins at 8 s of its clip, with its own 30th second.
    assert (second.reel, second.source) == ("TWO/B.MOV", 32 - Fraction(2, 5))
    assert (second.start, second.end, second.mixed) == (Fraction(18, 5), 10, 1)
    assert (third.source, third.start, third.end, third.kind) == (3620, 10, 15, "cut")


def test_what_two_documents_share_is_exact(edits):
    new = CUT.replace('start="3620s" duration="5s"', 'start="3621s" duration="4s"')
    found = common(pieces(edits(CUT)), pieces(edits(new)))
    assert found == (Stretch(0.0, 0.0, 10.0), Stretch(11.0, 10.0, 4.0))


def test_the_old_film_is_found_by_its_name(edits):
    new = edits(CUT)
    found = common(whole_film(60.0), film_pieces(new, of_film(new, "film 1.mov"), Fraction(0)))
    assert found == (Stretch(10.0, 0.0, 3.6), Stretch(20.0, 10.0, 5.0))


@pytest.mark.parametrize(
    "inside",
    [
        "<timeMap/>",
        '<conform-rate srcFrameRate="23.98"/>',
        '<video lane="1" ref="b" offset="3600s" duration="1s"/>',
    ],
)
def test_another_speed_and_connected_pictures_are_no_old_picture(edits, inside):
    (edit,) = edits(f'<asset-clip ref="a" offset="3600s" duration="4s">{inside}</asset-clip>')
    assert not edit.is_real_time and not pieces([edit])


def test_titles_do_not_change_which_picture_is_shown(edits):
    title = '<title lane="1" offset="3600s" duration="1s"/>'
    (edit,) = edits(f'<asset-clip ref="a" offset="3600s" duration="4s">{title}</asset-clip>')
    assert edit.is_real_time and edit.source == 3600


def test_a_wrong_document_is_refused(edits, tmp_path):
    with pytest.raises(EmsyncError, match="is not a time"):
        edits('<asset-clip ref="a" offset="soon"/>')
    with pytest.raises(EmsyncError, match="can't be read"):
        read_edits(tmp_path / "none.fcpxml", Clock())
    assert is_edit_list(tmp_path / "x.FCPXML") and not is_edit_list(tmp_path / "x.mp4")
