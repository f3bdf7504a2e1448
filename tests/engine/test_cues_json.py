from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cues import CueSheet, Transition, Video
from engine.cues_json import from_json, read_cues, to_json, write_cues
from engine.errors import EmsyncError
from engine.hits import Hit, hits_at
from engine.section import EKMAN, Section

EVEN = {emotion: 1 / 6 for emotion in EKMAN}
FILM = Video("film.mp4", 30.0, 24.0, 854, 480)
CUES = CueSheet(
    video=FILM,
    start=2.0,
    end=22.0,
    cuts=(
        Transition(1.5, strength=0.25),
        Transition(8.0, "dissolve", 7.5, 8.0, 8.25, 0.5),
        Transition(9.25, "fade", 8.5, 9.0, 9.75),
    ),
    hits=hits_at((1.5, 8.0)),
    sections=(
        Section(0.0, 8.0, EVEN, 0.25, -0.5, "colour, motion, cutting rate"),
        Section(8.0, 20.0, {}, math.nan, 1.0, "user"),
    ),
)


def edited(*places: str | int, to: Any) -> str:
    """The JSON of CUES with one field replaced, or removed if ``to`` is ``...``."""
    sheet = json.loads(to_json(CUES))
    target = sheet
    for place in places[:-1]:
        target = target[place]
    if to is ...:
        del target[places[-1]]
    else:
        target[places[-1]] = to
    return json.dumps(sheet, sort_keys=True)


@st.composite
def cue_sheets(draw: st.DrawFn) -> CueSheet:
    end = draw(st.floats(1.0, 40000.0))
    start = draw(st.floats(0.0, end / 2))
    duration = end - start
    times = st.lists(st.floats(0.0, duration), unique=True).map(sorted).map(tuple)
    inner = draw(st.lists(st.integers(1, 99), unique=True, max_size=5).map(sorted))
    edges = [0.0, *(duration * part / 100 for part in inner), duration]
    known = st.floats(-1.0, 1.0) | st.just(math.nan)
    sections = tuple(
        Section(a, b, draw(st.sampled_from([EVEN, {}])), draw(known), draw(known), draw(st.text()))
        for a, b in pairwise(edges)
    )
    strength = draw(st.floats(0.0, 1.0))
    cuts = tuple(Transition(time, strength=strength) for time in draw(times))
    return CueSheet(replace(FILM, duration=end), start, end, cuts, hits_at(draw(times)), sections)


@given(cue_sheets())
def test_json_keeps_every_value_of_a_cue_sheet(cues):
    text = to_json(cues)
    json.loads(text, parse_constant=pytest.fail)  # which JSON does not have
    assert repr(from_json(text)) == repr(cues)


def test_a_file_keeps_a_cue_sheet_and_has_null_for_unknown(tmp_path):
    write_cues(CUES, tmp_path / "cues.json")
    assert repr(read_cues(tmp_path / "cues.json")) == repr(CUES)
    sheet = json.loads((tmp_path / "cues.json").read_text())
    assert sheet["sections"][1]["valence"] is None
    assert list(sheet) == ["video", "start", "end", "cuts", "boundaries", "sections"]


@pytest.mark.parametrize(
    ("places", "to"),
    [
        (("cuts",), ...),
        (("cuts", 1, "start"), ...),
        (("cuts", 2, "kind"), ...),
        (("sections", 0, "probabilities"), ...),
        (("sections", 1, "source"), ...),
        (("video", "duration"), 30),
        (("sections", 0, "end"), 8),
        (("sections", 0, "end"), 8.004),
        (("sections", 1, "end"), 19.995),
        (("sections", 0, "probabilities"), {"joy": 1}),
        (("note",), "mine"),
    ],
)
def test_harmless_edits_are_accepted(places, to):
    cues = from_json(edited(*places, to=to))
    assert cues.sections[0].end == cues.sections[1].start
    assert cues.sections[1].end == cues.duration


def test_plain_numbers_are_hard_cuts_as_in_earlier_cue_sheets():
    cues = from_json(edited("cuts", to=[1.5, {"time": 3.0}, 9]))
    assert cues.cuts == (Transition(1.5), Transition(3.0), Transition(9.0))
    assert cues.cuts[0].start == cues.cuts[0].end == 1.5


def test_a_hard_cut_is_written_without_an_extent():
    cuts = json.loads(to_json(CUES))["cuts"]
    assert cuts[0] == {"time": 1.5, "kind": "cut", "strength": 0.25}
    assert cuts[1]["start"] == 7.5 and cuts[1]["centre"] == 8.0 and cuts[1]["end"] == 8.25


def test_a_plan_is_no_cue_sheet():
    text = json.dumps({"duration": 9.0, "points": [], "bars": []})
    with pytest.raises(EmsyncError, match=r"^plan.json: is a plan, not a cue sheet; .* plan"):
        from_json(text, "plan.json")


def test_missing_emotions_have_probability_zero():
    cues = from_json(edited("sections", 0, "probabilities", to={"joy": 0.75, "fear": 0.25}))
    assert list(cues.sections[0].probabilities.items()) == [
        ("anger", 0.0),
        ("disgust", 0.0),
        ("fear", 0.25),
        ("joy", 0.75),
        ("sadness", 0.0),
        ("surprise", 0.0),
    ]


@pytest.mark.parametrize(
    ("places", "to", "complaint"),
    [
        (("video",), ..., "video is missing"),
        (("video",), [], "video must be a JSON object"),
        (("video", "duration"), "30", "video.duration must be a number"),
        (("video", "path"), 3, "video.path must be a text"),
        (("video", "width"), 0, "video.width is 0"),
        (("start",), -1, "start is -1"),
        (("end",), 2, "end must be after start"),
        (("end",), 31, "end is 31"),
        (("end",), True, "end must be a number"),
        (("end",), float("inf"), "end is inf"),
        (("cuts",), [3, 1], r"cuts\[1\] is not after 3"),
        (("cuts",), [3, "x"], r"cuts\[1\] must be a number"),
        (("cuts",), [21], r"cuts\[0\] is 21; .* from 0 to 20"),
        (("cuts", 0, "time"), ..., r"cuts\[0\]: time is missing"),
        (("cuts", 1, "kind"), "wipe", r"cuts\[1\]: kind must be one of cut, dissolve, fade"),
        (("cuts", 1, "start"), 8.1, r"cuts\[1\]: time and centre must lie between"),
        (("cuts", 0, "strength"), 2, r"strength is 2; .* from 0 to 1"),
        (("boundaries",), ..., "boundaries is missing"),
        (("boundaries",), 3, "boundaries must be a list"),
        (("boundaries",), [1, "x"], r"boundaries\[1\] must be a number"),
        (("boundaries",), [1, float("nan")], r"boundaries\[1\] is nan"),
        (("boundaries",), [21], r"boundaries\[0\] is 21; .* from 0 to 20"),
        (("boundaries",), [4, 4], "sort the times"),
        (("sections",), [], "at least one section"),
        (("sections", 0), 5, r"sections\[0\] must be a JSON object"),
        (("sections", 0, "valence"), 3, r"sections\[0\].valence is 3; .* from -1 to 1"),
        (("sections", 1, "arousal"), ..., r"sections\[1\].arousal is missing"),
        (("sections", 1, "start"), 9, r"sections\[1\].start must be 8"),
        (("sections", 1, "end"), 19, r"sections\[1\].end must be 20"),
        (("sections", 0, "end"), 0, "after the section's start"),
        (("sections", 0, "probabilities"), {"joy": 0.5}, "sum to 0.5"),
        (("sections", 0, "probabilities"), {"bliss": 1}, r"sections\[0\].probabilities.bliss"),
        (("sections", 0, "probabilities", "joy"), 2, "probabilities.joy is 2"),
    ],
)
def test_errors_name_the_file_and_the_wrong_field(places, to, complaint):
    with pytest.raises(EmsyncError, match=complaint) as caught:
        from_json(edited(*places, to=to), "my.json")
    assert str(caught.value).startswith("my.json: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 100_000])
def test_a_file_that_is_no_cue_sheet_is_refused(tmp_path, text):
    path = tmp_path / "cues.json"
    path.write_text(text)
    with pytest.raises(EmsyncError, match=r"cues\.json: "):
        read_cues(path)


def test_unreadable_files_are_named(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name, complaint in (("gone", "can't be read"), ("", "can't be read"), ("binary", "UTF-8")):
        with pytest.raises(EmsyncError, match=complaint):
            read_cues(tmp_path / name)


def test_a_section_needs_no_more_than_a_word():
    sheet = from_json(edited("sections", to=[{"start": 0, "end": 20, "emotion": "tense"}]))
    assert (sheet.sections[0].valence, sheet.sections[0].arousal) == (-0.3, 0.75)
    certain = from_json(edited("sections", to=[{"start": 0, "end": 20, "emotion": "joy"}]))
    assert certain.sections[0].probabilities["joy"] == 1.0
    for written in ("v=-0.4 a=0.7", [-0.4, 0.7]):
        point = from_json(edited("sections", to=[{"start": 0, "end": 20, "emotion": written}]))
        assert (point.sections[0].valence, point.sections[0].arousal) == (-0.4, 0.7)


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"emotion": "tens"}, r"sections\[0\].emotion is wrong: .* 'tens': give tense"),
        ({"emotion": "tense", "valence": 0}, "emotion and valence say the same"),
        ({"emotion": 3}, r"sections\[0\].emotion must be a word"),
    ],
)
def test_a_wrong_word_for_a_section_is_named(section, complaint):
    with pytest.raises(EmsyncError, match=complaint):
        from_json(edited("sections", to=[{"start": 0, "end": 20, **section}]))


def test_hits_have_names_weights_and_emotions_in_json():
    hits = (Hit(1.5), Hit(8.0, "Door", 2.0, False, "tense"), Hit(9.0, emotion=(0.1, 0.2), end=11.0))
    assert from_json(to_json(replace(CUES, hits=hits))).hits == hits
    assert json.loads(to_json(CUES))["boundaries"] == [1.5, 8.0]


def test_the_timecode_of_the_first_frame_is_kept():
    film = replace(CUES, video=replace(FILM, timecode="01:00:00:00"))
    assert from_json(to_json(film)) == film
    assert film.timecode(1.5) == "01:00:03:12"
    with pytest.raises(EmsyncError, match=r"video\.timecode is wrong: 01:00:00;00 is drop-frame"):
        from_json(edited("video", "timecode", to="01:00:00;00"))
