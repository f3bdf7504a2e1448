from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request, request_json
from engine.cues import CueSheet, Transition, Video
from engine.emotion.words import EMOTIONS
from engine.errors import EmsyncError
from engine.hits import Hit, hits_at
from engine.plan.plan import Phrase, Plan
from engine.score import Instrument
from engine.section import Section

CUES = CueSheet(
    Video("film.mp4", 9.0, 24.0, 96, 64), 0.0, 9.0, (Transition(4.0),), hits_at((4.0,)),
    (Section(0.0, 9.0, {}, 0.5, math.nan, "user"),),
)  # fmt: skip
KNOWN = replace(CUES, sections=(Section(0.0, 9.0, {}, 0.5, 0.1, "user"),))
PLAN = Plan(
    9.0, ((0, 0.0), (8, 4.1), (18, 9.1)), (4, 4, 5), last_chord=16,
    phrases=(
        Phrase(1, "A", "A minor", (Instrument.PIANO,), 6.0, "p", ("Am", "F G")),
        Phrase(3, "B", "A minor", (Instrument.BASS, Instrument.PIANO), 9.5, "ff"),
    ),
)  # fmt: skip

WRONG = {
    "no video": {},
    "empty video": {"video": ""},
    "a video that is none": {"video": 3},
    "a zero byte": {"video": "a\0b"},
    "unknown option": {"louder": True},
    "valence": {"valence": 3},
    "not a number": {"arousal": math.nan},
    "a text for a number": {"arousal": "1"},
    "true for a number": {"valence": True},
    "a number beyond floats": {"end": 10**400},
    "negative seed": {"seed": -1},
    "half a seed": {"seed": 0.5},
    "many takes": {"takes": 1000},
    "unknown instrument": {"instruments": ["kazoo"]},
    "no instrument": {"instruments": []},
    "an unknown export": {"exports": ["logic"]},
    "exports as text": {"exports": "rpp"},
    "instruments as text": {"instruments": "piano"},
    "a sensitivity of 0": {"sensitivity": 0},
    "a negative distance": {"min_distance": -1},
    "a sensitivity for a cue sheet": {"sensitivity": 2, "cues": CUES},
    "a distance for boundaries": {"min_distance": 2, "boundaries": [1]},
    "a stretch that ends before it begins": {"no_hits": [[4, 2]]},
    "a stretch of one time": {"no_hits": [[4]]},
    "half a frame": {"hit_offset": 0.5},
    "an offset of a minute": {"hit_offset": 1440},
    "a stretch without hits that has no end": {"boundaries": [{"seconds": 1, "kind": "off"}]},
    "unsorted boundaries": {"boundaries": [2, 1]},
    "negative boundary": {"boundaries": [-1]},
    "temperature 0": {"temperature": 0},
    "top-p": {"top_p": 2},
    "repetition": {"repetition": 9},
    "emotion": {"emotion": "hunger"},
    "emotion as list": {"emotion": ["joy"]},
    "emotion without its time": {"emotion": "0:10 joy, calm"},
    "emotions with times, and valence": {"emotion": "joy, 0:10 calm", "valence": 0.3},
    "coordinates, and valence": {"emotion": "v=0.3 a=0.1", "valence": 0.3},
    "an intensity of 0": {"intensity": 0},
    "an intensity above 1": {"intensity": 1.5},
    "an intensity for a cue sheet": {"intensity": 0.5, "cues": CUES},
    "a time signature that can't be planned": {"time_signature": "7/8"},
    "no time signature": {"time_signature": 3},
    "a tempo beyond reach": {"bpm": 1000},
    "no feel": {"feel": "x"},
    "swing where beats are dotted": {"feel": "swing", "time_signature": "6/8"},
    "no chord": {"chords": "X"},
    "chords of nothing": {"chords": ""},
    "only a bar line": {"chords": "|"},
    "a bar without chords": {"chords": "Am | | G"},
    "no chords in a list": {"chords": []},
    "a bar of a list without chords": {"chords": ["Am", " "]},
    "a number for chords": {"chords": 4},
    "a number in a list of chords": {"chords": ["Am", 4]},
    "a text for free": {"free": "yes"},
    "free time with a tempo": {"free": True, "bpm": 90},
    "free time with a time signature": {"free": True, "time_signature": "3/4"},
    "free time with a feel": {"free": True, "feel": "swing"},
    "free time with chords": {"free": True, "chords": "Am"},
    "free time with a plan": {"free": True, "plan": PLAN},
    "a plan that is none": {"plan": {"beats": 3}},
    "a path for a plan": {"plan": "plan.json"},
    "a plan and a tempo": {"plan": PLAN, "bpm": 90},
    "a plan and a time signature": {"plan": PLAN, "time_signature": "3/4"},
    "a plan and a feel": {"plan": PLAN, "feel": "swing"},
    "a plan and a key": {"plan": PLAN, "key": "C"},
    "a plan and a density": {"plan": PLAN, "density": 9},
    "a plan and chords": {"plan": PLAN, "chords": "Am"},
    "a plan and instruments": {"plan": PLAN, "instruments": ["piano"]},
    "no key": {"key": "H"},
    "live": {"live": "yes"},
    "a cue sheet that is none": {"cues": {"video": 3}},
    "cue sheet and start": {"cues": CUES, "start": 1.0},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG.keys())
def test_what_will_not_do(values):
    with pytest.raises(EmsyncError) as caught:
        parse_request(values if len(values) == 0 else {"video": "film.mp4", **values})
    assert "\n" not in str(caught.value)


def test_json_and_back():
    request = Request(
        "film.mp4", emotion="tense", valence=-0.5, intensity=0.6, cues=CUES, seed=7,
        start_timecode="01:00:00:00",
        boundaries=(Hit(1.0, "Door", must=False, emotion=(-0.3, 0.7)), Hit(2.5)),
        instruments=(Instrument.BASS, Instrument.PIANO), live=True,
        bpm=96.0, time_signature="3/4", feel="swing", key="F#m", density=8.0,
        chords=("F#m", "D E"), no_hits=((2.0, 3.5), (4.0, 5.0)), hit_offset=-2,
    )  # fmt: skip
    for each in (request, Request("film.mp4", plan=PLAN), Request("film.mp4", free=True)):
        values = json.loads(json.dumps(request_json(each), allow_nan=False))
        # As text, for NaN is unlike itself.
        assert repr(parse_request(values)) == repr(each)


@pytest.mark.parametrize(
    ("chords", "bars"),
    [
        ("Am F C G", ("Am", "F", "C", "G")),
        ("Am | F  G |", ("Am", "F G")),
        (["Am", "F G"], ("Am", "F G")),
    ],
)
def test_chords_are_a_text_or_a_list_of_bars(chords, bars):
    assert parse_request({"video": "film.mp4", "chords": chords}).chords == bars


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"time_signature": "7/8"}, "time_signature '7/8': choose from 2/4, 3/4, 4/4, 6/8, 12/8"),
        ({"feel": "x"}, "feel 'x': choose from straight, swing, triplet"),
        (
            {"feel": "swing", "time_signature": "12/8"},
            "feel 'swing': goes with the time signatures 2/4, 3/4, 4/4; leave it out, or choose "
            "one of them",
        ),
        (
            {"chords": ""},
            "chords '': write one or more for each bar, such as Am F C G",
        ),
        (
            {"free": True, "bpm": 90},
            "bpm: a piece in free time has none; leave it out, or leave out free",
        ),
        (
            {"plan": PLAN, "key": "C"},
            "key: the plan has its own; leave it out, or change the plan",
        ),
        (
            {"plan": PLAN, "free": True},
            "free: a plan has its own time; leave out one or the other",
        ),
    ],
)
def test_an_error_names_the_field_and_what_to_do(values, line):
    with pytest.raises(EmsyncError) as caught:
        parse_request({"video": "film.mp4", **values})
    assert str(caught.value) == line


def test_a_wrong_chord_is_named():
    with pytest.raises(EmsyncError, match=r"^chord 'X': write a root and one of"):
        parse_request({"video": "film.mp4", "chords": "Am X"})


def test_a_time_signature_needs_no_tempo():
    request = parse_request({"video": "film.mp4", "time_signature": "3/4"})
    assert request.plan_for(KNOWN).usual_bar == 3


def test_a_plan_is_made_unless_the_user_has_one_or_wants_none():
    assert Request("film.mp4", plan=PLAN).plan_for(KNOWN) == PLAN
    assert Request("film.mp4", free=True).plan_for(KNOWN) is None
    made = Request("film.mp4", seed=1).plan_for(KNOWN)
    assert made == Request("film.mp4", seed=1, takes=2, temperature=0.9).plan_for(KNOWN)
    assert made != Request("film.mp4", seed=2).plan_for(KNOWN)


def test_those_who_may_play_are_the_plans_or_those_asked_for():
    assert Request("film.mp4").players == tuple(Instrument)
    assert Request("film.mp4", instruments=(Instrument.DRUMS,)).players == (Instrument.DRUMS,)
    assert Request("film.mp4", plan=PLAN).players == (Instrument.BASS, Instrument.PIANO)
    assert Request("film.mp4", plan=replace(PLAN, phrases=())).players == tuple(Instrument)


def test_usual_options_need_not_be_given():
    assert request_json(Request("film.mp4")) == {"video": "film.mp4"}
    assert parse_request({"video": "film.mp4", "valence": None}) == Request("film.mp4")


def test_the_former_name_of_the_time_signature_is_taken():
    values = {"video": "film.mp4", "bpm": 90, "meter": "3/4"}
    assert parse_request(values).time_signature == "3/4"
    with pytest.raises(EmsyncError, match="two names of one field"):
        parse_request({**values, "time_signature": "4/4"})


def test_every_word_for_an_emotion_is_taken():
    for word in ("auto", *EMOTIONS):
        assert parse_request({"video": "film.mp4", "emotion": word}).emotion == word


def test_intensity_goes_with_words_for_a_cue_sheet():
    for words in ({"emotion": "joy"}, {"boundaries": [{"seconds": 1, "emotion": "joy"}]}):
        given = {"video": "film.mp4", "intensity": 0.5, "cues": CUES, **words}
        assert parse_request(given).intensity == 0.5


def test_errors_name_fields_and_no_command_line_option():
    for values in WRONG.values():
        with pytest.raises(EmsyncError) as caught:
            parse_request({"video": "film.mp4", **values} if values else values)
        assert "--" not in str(caught.value)


def test_a_theme_and_a_selection_are_the_same_after_json():
    theme = {
        "part": "piano", "tempo": 96.0, "time_signature": "3/4",
        "notes": [[0.0, 1.0, 60, 80], [1.0, 2.0, 64, 90]],
    }  # fmt: skip
    selection = {"from": 1.0, "to": 2.5, "parts": ["bass"], "chords": ["Am", "F G"], "arousal": 0.5}
    cut = {"video": "film.mp4", "edit_list": "film.edl", "reel": "A001", "frame_rate": "29.97df"}
    values = {"video": "film.mp4", "theme": theme, "rescore": selection, "recut": cut}
    request = parse_request(values)
    assert request_json(request) == values
    assert parse_request(request_json(request)) == request


@pytest.mark.parametrize(
    ("cut", "complaint"),
    [
        ([], "recut must be a JSON object"),
        ({}, "name the new cut"),
        ({"film": "b.mp4"}, "'film' is no option"),
        ({"video": 3}, "video must be a text"),
        ({"video": "b.mp4", "old_list": "a.edl"}, "old_list: goes with an edit list"),
        ({"edit_list": "b.edl", "old_list": "a.mp4"}, "old_list: a.mp4 is no edit list"),
        ({"edit_list": "b.edl", "frame_rate": "fast"}, "frame_rate: 'fast' is no frame rate"),
    ],
)
def test_files_of_a_new_cut_that_do_not_go_together_are_refused(cut, complaint):
    with pytest.raises(EmsyncError) as caught:
        parse_request({"video": "b.mp4", "recut": cut})
    assert complaint in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("theme", "complaint"),
    [
        ([], "theme: the content must be a JSON object"),
        ({"part": "kazoo", "tempo": 96, "notes": []}, "part must be one of bass"),
        ({"part": "piano", "tempo": 96, "notes": []}, "theme: has no notes"),
        ({"part": "piano", "tempo": 9, "notes": []}, "tempo is 9"),
        ({"part": "piano", "tempo": 96, "notes": [[0, 1, 60]]}, "notes[0] must be a list of onset"),
        ({"part": "piano", "tempo": 96, "notes": [[1, 1, 60, 80]]}, "must end after its onset"),
        ({"part": "piano", "tempo": 96, "notes": [[0, 1, 130, 80]]}, "whole number from 21"),
    ],
)
def test_a_wrong_theme_is_named(theme, complaint):
    with pytest.raises(EmsyncError) as error:
        parse_request({"video": "film.mp4", "theme": theme})
    assert complaint in str(error.value) and "\n" not in str(error.value)
