"""Spotting lists: names, in and out points, variations."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from engine.cues import CueSheet, Transition, Video
from engine.cues_json import from_json, to_json
from engine.errors import EmsyncError
from engine.hits import Hit, hits_at
from engine.section import Section
from engine.spotting import MusicCue, check_spotting, composing_order, within
from engine.timeline.cue_sheet import film_part

FILM = CueSheet(
    Video("film.mov", 120.0, 25.0, 96, 64, "01:00:00:00"), 0.0, 120.0,
    (Transition(12.2), Transition(20.0), Transition(45.0)),
    hits_at((4.0, 12.2, 20.0, 45.0)),
    (Section(0.0, 30.0, {}, 0.5, 0.1, "seen"), Section(30.0, 120.0, {}, -0.5, 0.4, "seen")),
)  # fmt: skip
LIST = (
    MusicCue("1m1", 12.2, 45.0),
    MusicCue("1m2", 70.0, 112.4, "1m1", "tense"),
)


def sheet(*cues: object) -> str:
    """A cue sheet with this spotting list, as JSON."""
    values = json.loads(to_json(FILM))
    return json.dumps(values | {"spotting": list(cues)})


def test_a_cue_sheet_keeps_its_spotting_list():
    spotted = replace(FILM, spotting=LIST)
    assert from_json(to_json(spotted)) == spotted
    assert json.loads(to_json(spotted))["spotting"] == [
        {"name": "1m1", "start": 12.2, "end": 45.0},
        {"name": "1m2", "start": 70.0, "end": 112.4, "variation_of": "1m1", "emotion": "tense"},
    ]


def test_a_cue_sheet_without_one_is_as_it_was():
    assert "spotting" not in to_json(FILM)
    assert from_json(to_json(FILM)) == FILM


def test_a_time_may_be_a_timecode_of_the_film_and_cues_may_stand_in_any_order():
    later = {"name": "1m2", "start": "01:01:10:00", "end": "01:01:52:10", "emotion": [-0.2, 0.6]}
    first = {"name": "1m1", "start": "01:00:12:05", "end": 45, "variation_of": None}
    assert from_json(sheet(later, first)).spotting == (
        MusicCue("1m1", 12.2, 45.0),
        MusicCue("1m2", 70.0, 112.4, emotion=(-0.2, 0.6)),
    )


def test_timecodes_of_a_part_of_the_film_count_from_its_beginning():
    values = json.loads(sheet({"name": "1m1", "start": "01:00:12:05", "end": "0:30"}))
    values |= {"start": 10.0, "boundaries": [], "cuts": []}
    values["sections"] = [{"start": 0, "end": 110, "emotion": "calm"}]
    # Clock times count from the scored part, timecode from the film.
    (cue,) = from_json(json.dumps(values)).spotting
    assert (cue.start, cue.end) == pytest.approx((2.2, 30.0))


def cue(name: object = "1m1", start: object = 10, end: object = 20, **more: object) -> dict:
    return {"name": name, "start": start, "end": end} | more


WRONG = {
    "overlap": ([cue(), cue("1m2", 19, 30)], r"1m1 and 1m2 overlap: 1m2 begins at 19 s"),
    "unknown": ([cue(variation_of="9m9")], r"1m1 is a variation of '9m9', but no cue"),
    "itself": ([cue(variation_of="1m1")], r"1m1 varies itself \(1m1 of 1m1\)"),
    "circle": (
        [cue(variation_of="1m2"), cue("1m2", 30, 40, variation_of="1m1")],
        r"varies itself \(1m1 of 1m2 of 1m1\)",
    ),
    "out before in": ([cue(start=20, end=10)], r"\[0\]: 1m1: its out point, 10 s, is not after"),
    "short": ([cue(end=10.5)], r"1m1: it lasts 0.500 s; give at least 1 s"),
    "beyond": ([cue(end=130)], r"1m1: its out point, 130 s, is beyond the end, 120.000 s"),
    "repeated": ([cue(), cue(start=30, end=40)], r"two cues are named 1m1"),
    "alike": ([cue(), cue("1M1", 30, 40)], r"two cues are named 1m1"),
    "slash": ([cue("1m1/2")], r"the name '1m1/2' can't be that of a folder"),
    "dots": ([cue("..")], r"the name '..' can't be that of a folder"),
    "device": ([cue("NUL.x")], r"'NUL.x' belongs to a device of Windows"),
    "empty": ([cue("")], r"a cue has no name"),
    "long": ([cue("m" * 61)], r"is longer than 60 characters"),
    "word": ([cue(emotion="hunger")], r"1m1: unknown emotion 'hunger'"),
    "point": ([cue(emotion=[2, 0])], r"emotion\[0\] is 2; it must be a number from -1 to 1"),
    "field": ([cue(key="C")], r"'key' is no field of a cue; choose from name, start, end"),
    "missing": ([{"name": "1m1", "start": 3}], r"end is missing"),
    "number": (["1m1"], r"must be a JSON object"),
    "time": ([cue(start="01:00:00:29")], r"start: 01:00:00:29 is no timecode at 25 frames"),
    "early": ([cue(start="00:59:00:00")], r"is before the film's first frame, 01:00:00:00"),
    "list": (3, r"spotting must be a list"),
}


@pytest.mark.parametrize(("cues", "line"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_list_is_refused_in_a_line(cues, line):
    text = json.dumps(json.loads(to_json(FILM)) | {"spotting": cues})
    with pytest.raises(EmsyncError) as caught:
        from_json(text, "cues.json")
    assert re.search(line, str(caught.value)), str(caught.value)
    assert str(caught.value).startswith("cues.json: spotting") and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["1m1", "2m3A", "1m1 Main title", "1m1-v2", "Générique"])
def test_usual_names_are_taken(name):
    (cue,) = check_spotting([MusicCue(name, 0.0, 1.0)])
    assert cue.name == name


def test_one_cue_may_follow_another_at_once():
    cues = check_spotting([MusicCue("b", 10.0, 20.0), MusicCue("a", 2.0, 10.0)])
    assert [each.name for each in cues] == ["a", "b"]


def test_a_cue_may_end_a_frame_late():
    assert within([MusicCue("1m1", 2.0, 10.02)], 10.0) == (MusicCue("1m1", 2.0, 10.0),)


def test_originals_are_composed_before_their_variations():
    cues = check_spotting(
        [MusicCue("a", 0, 5, "c"), MusicCue("b", 5, 9), MusicCue("c", 9, 20, "b")]
    )
    assert [each.name for each in composing_order(cues)] == ["b", "c", "a"]


def test_a_cue_has_what_lies_within_it_from_its_own_zero():
    part = film_part(FILM, MusicCue("1m1", 12.2, 45.0))
    assert (part.start, part.end, part.duration) == pytest.approx((12.2, 45.0, 32.8))
    assert part.timecode(0.0) == "01:00:12:05"
    # The cut at the out point belongs to what comes after it.
    assert part.boundaries == pytest.approx((0.0, 7.8))
    assert [cut.time for cut in part.cuts] == pytest.approx([0.0, 7.8])
    assert [(each.start, each.end) for each in part.sections] == [
        pytest.approx((0.0, 17.8)), pytest.approx((17.8, 32.8)),
    ]  # fmt: skip
    assert part.spotting == ()


def test_the_emotion_of_a_cue_is_that_of_all_of_it_but_for_its_hits():
    hits = (Hit(14.0, "Door"), Hit(20.0, emotion="calm", end=22.0))
    part = film_part(replace(FILM, hits=hits), MusicCue("1m1", 12.0, 32.0, emotion="tense"))
    found = [(each.start, each.end, each.valence, each.arousal) for each in part.sections]
    assert found == [(0, 8, -0.3, 0.75), (8, 10, 0.3, -0.7), (10, 20, -0.3, 0.75)]
    assert [hit.label for hit in part.hits] == ["Door", ""]
