from __future__ import annotations

import json
import math

import pytest

from bridge.scoring.request import Request, parse_request, request_json
from engine.cues import CueSheet, Section, Video
from engine.emotion.words import EMOTIONS
from engine.errors import EmsyncError
from engine.score import Instrument

CUES = CueSheet(
    Video("film.mp4", 9.0, 24.0, 96, 64), 0.0, 9.0, (4.0,), (4.0,),
    (Section(0.0, 9.0, {}, 0.5, math.nan, "user"),),
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
    "instruments as text": {"instruments": "piano"},
    "unsorted boundaries": {"boundaries": [2, 1]},
    "negative boundary": {"boundaries": [-1]},
    "temperature 0": {"temperature": 0},
    "top-p": {"top_p": 2},
    "repetition": {"repetition": 9},
    "emotion": {"emotion": "hunger"},
    "emotion as list": {"emotion": ["joy"]},
    "a time signature without a tempo": {"time_signature": "3/4"},
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
        "film.mp4", valence=-0.5, boundaries=(1.0, 2.5), cues=CUES, seed=7,
        instruments=(Instrument.BASS, Instrument.PIANO), live=True,
        bpm=96.0, time_signature="3/4", key="F#m", density=8.0,
    )  # fmt: skip
    values = json.loads(json.dumps(request_json(request), allow_nan=False))
    # As text, for NaN is unlike itself.
    assert repr(parse_request(values)) == repr(request)


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


def test_errors_name_fields_and_no_command_line_option():
    for values in WRONG.values():
        with pytest.raises(EmsyncError) as caught:
            parse_request({"video": "film.mp4", **values} if values else values)
        assert "--" not in str(caught.value)
