from __future__ import annotations

import math

import pytest

from engine.cues import CueSheet, Transition, Video
from engine.cues_json import read_cues, write_cues
from engine.hits import Hit, HitList
from engine.section import Section
from engine.timecode import Clock
from engine.timeline.cue_sheet import blank, hits_of, moved, read, with_hits

FILM = Video("film.mp4", 60.0, 25.0, 96, 64, "01:00:00:00")


def test_a_cue_sheet_is_read_in_seconds_of_the_film(tmp_path):
    section = Section(0.0, 20.0, {}, 0.1, 0.2, "user")
    cues = CueSheet(
        FILM,
        30.0,
        50.0,
        (Transition(4.0), Transition(9.0, "dissolve", 8.5, 9.0, 9.5)),
        (Hit(4.0, "Door", end=5.0),),
        (section,),
    )
    write_cues(cues, tmp_path / "cues.json")
    found = read(tmp_path / "cues.json", Clock())
    assert found.of("hits").hits == (Hit(34.0, "Door", end=35.0),)
    assert found.of("cuts").hits == (Hit(34.0, kind="cut"), Hit(39.0, kind="dissolve"))
    assert (str(found.clock.rate), found.clock.start) == ("25", "01:00:00:00")


def test_the_emotion_of_a_hit_begins_a_section():
    hits = (Hit(10.0, emotion="tense"), Hit(20.0), Hit(30.0, emotion=(0.5, -0.5), end=40.0))
    sections = with_hits(blank(FILM), hits).sections
    assert [(s.start, s.end) for s in sections] == [(0, 10), (10, 30), (30, 40), (40, 60)]
    assert [s.valence for s in sections[1:3]] == [-0.3, 0.5]
    assert math.isnan(sections[0].valence) and math.isnan(sections[3].valence)


def test_hits_taken_up_twice_change_nothing():
    once = with_hits(blank(FILM), (Hit(10.0, emotion="joy"), Hit(30.0, emotion="tense", end=40.0)))
    assert repr(with_hits(once, once.hits)) == repr(once)


def test_hits_outside_the_scored_part_are_left_out_and_those_beyond_the_film_kept():
    hits = HitList((Hit(5.0), Hit(12.0), Hit(30.0), Hit(99.0)))
    with pytest.warns(UserWarning, match="2 hits outside the scored part"):
        assert hits_of(hits, 10.0, 20.0, 60.0) == (Hit(2.0), Hit(89.0))


def test_stretches_without_hits_are_read_and_written(tmp_path):
    sheet = with_hits(blank(FILM), (Hit(4.0), Hit(10.0, kind="off", end=20.0)))
    assert (sheet.boundaries, sheet.no_hits) == ((4.0,), ((10.0, 20.0),))
    write_cues(sheet, tmp_path / "cues.json")
    assert read_cues(tmp_path / "cues.json").no_hits == ((10.0, 20.0),)
    found = read(tmp_path / "cues.json", Clock()).of("hits")
    assert found.hits == (Hit(4.0), Hit(10.0, kind="off", end=20.0))


def test_a_part_of_the_film_has_its_part_of_a_stretch_without_hits():
    hits = HitList((Hit(5.0, kind="off", end=12.0), Hit(30.0, kind="off", end=40.0)))
    assert hits_of(hits, 10.0, 20.0, 60.0) == (Hit(0.0, kind="off", end=2.0),)


def test_hits_move_but_for_the_one_on_the_first_frame():
    sheet = with_hits(blank(FILM), (Hit(0.0), Hit(4.0, "Door", end=5.0), Hit(59.95)))
    later, earlier = moved(sheet, 0.08), moved(sheet, -0.08)
    assert later.boundaries == pytest.approx((0.0, 4.08, 60.0))
    assert earlier.boundaries == pytest.approx((0.0, 3.92, 59.87))
    assert later.hits[1] == Hit(4.08, "Door", end=5.08)
    assert moved(with_hits(blank(FILM), (Hit(0.0), Hit(0.05))), -0.08).boundaries == (0.0,)
