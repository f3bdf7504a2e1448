from __future__ import annotations

from fractions import Fraction

import pytest

from engine.errors import EmsyncError
from engine.recut.edits import common, film_pieces, of_film, pieces, whole_film
from engine.recut.stretches import Stretch
from engine.timecode import Clock
from engine.timeline.edit_lists import read_edits

otio = pytest.importorskip("opentimelineio")

FPS = 25
CODE = 90_000
"""The timecode of the first frame of every file, in frames: one hour."""


def time(frame: int):
    return otio.opentime.RationalTime(frame, FPS)


def span(start: int, length: int):
    return otio.opentime.TimeRange(time(start), time(length))


def clip(file: str, start: int, length: int, **more: object):
    media = otio.schema.ExternalReference(f"file:///cards/{file}", span(CODE, 5000))
    return otio.schema.Clip(file, media, span(CODE + start, length), **more)


def dissolve():
    return otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=time(10), out_offset=time(15)
    )


@pytest.fixture
def edits(tmp_path):
    def read(*items: object, tracks: int = 1):
        timeline = otio.schema.Timeline("cut", global_start_time=time(CODE))
        for _ in range(tracks):
            track = otio.schema.Track("V", kind=otio.schema.TrackKind.Video)
            track.extend([item.deepcopy() for item in items])
            timeline.tracks.append(track)
        path = tmp_path / "cut.otio"
        otio.adapters.write_to_file(timeline, str(path))
        return read_edits(path, Clock())

    return read


def test_edits_have_their_sources_and_dissolves_begin_before_their_cut(edits):
    first, second = edits(clip("a.mov", 100, 50), dissolve(), clip("b.mov", 500, 75))
    assert (first.reel, first.clip, first.first) == ("CARDS/A.MOV", "a.mov", Fraction(3600))
    assert (first.source, first.start, first.end) == (3604, 0, Fraction(8, 5))
    assert (second.source, second.start, second.end) == (
        Fraction(3600) + Fraction(490, 25), Fraction(8, 5), 5,
    )  # fmt: skip
    assert (second.kind, second.mixed) == ("dissolve", 1)


def test_what_two_timelines_share_is_exact(edits):
    old = edits(clip("a.mov", 0, 100), clip("b.mov", 0, 100), dissolve(), clip("a.mov", 500, 100))
    new = edits(clip("a.mov", 25, 75), clip("b.mov", 0, 100), dissolve(), clip("a.mov", 500, 100))
    assert common(pieces(old), pieces(new)) == (Stretch(1.0, 0.0, 11.0),)


def test_the_old_film_is_found_by_its_name_whatever_timecode_it_is_given(edits):
    new = edits(clip("Film.mp4", 50, 100), clip("new.mov", 0, 50), clip("Film.mp4", 150, 100))
    reels = of_film(new, "/elsewhere/film.mp4")
    found = common(whole_film(20.0), film_pieces(new, reels, Fraction(7)))
    assert found == (Stretch(2.0, 0.0, 4.0), Stretch(6.0, 6.0, 4.0))


def test_gaps_nested_timelines_and_other_speeds_are_no_old_picture(edits):
    gap = otio.schema.Gap(source_range=span(0, 25))
    slow = clip("a.mov", 0, 50, effects=[otio.schema.LinearTimeWarp(time_scalar=0.5)])
    nested = otio.schema.Stack("nested", source_range=span(0, 50))
    found = edits(gap, slow, nested, clip("a.mov", 0, 25))
    assert [edit.is_real_time for edit in found] == [False, False, False, True]
    assert found[-1].end == 6
    assert common(pieces(found), pieces(found)) == (Stretch(5.0, 5.0, 1.0),)


def test_pictures_on_several_tracks_are_refused(edits):
    with pytest.raises(EmsyncError, match="has pictures on 2 video tracks; flatten them"):
        edits(clip("a.mov", 0, 50), tracks=2)
