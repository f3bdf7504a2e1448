from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EmsyncError
from engine.plan.json_form import from_json, read_plan, to_json
from engine.plan.plan import Phrase, Plan
from engine.plan.planner import plan_piece
from engine.score import Instrument

PLAN = Plan(
    10.0,
    ((0, 0.0), (8, 4.1), (20, 10.1)),
    (4, 4, 4, 3, 4, 4),
    phrases=(
        Phrase(1, "A", "A minor", (Instrument.PIANO,), 4.0, "p", ("Am", "F G", "C/E", "E7")),
        Phrase(4, "B", "C", tuple(Instrument), 12.5, "ff"),
    ),
    last_chord=15,
)


def edited(*path_and_value):
    """The JSON of the plan with one value changed: its path, then the value."""
    *path, last, value = path_and_value
    content = json.loads(to_json(PLAN))
    place = content
    for step in path:
        place = place[step]
    place[last] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        replace(PLAN, phrases=(), last_chord=None),
        replace(PLAN, feel="swing"),
        replace(PLAN, shares=((Instrument.BASS, 0.5), (Instrument.STRINGS, 2.25))),
        replace(PLAN, beat="dotted quarter", bars=(2,), phrases=PLAN.phrases[:1]),
    ],
)
def test_json_and_back(plan):
    assert from_json(to_json(plan)) == plan


@given(st.data())
def test_planned_pieces_go_to_json_and_back(cue_sheets, plan_options, data):
    plan = plan_piece(data.draw(cue_sheets), data.draw(plan_options))
    document = to_json(plan)
    assert from_json(document) == plan
    assert "NaN" not in document and "Infinity" not in document


def test_a_point_and_the_bars_take_one_line_each():
    lines = to_json(PLAN).splitlines()
    assert '    {"beat": 8, "seconds": 4.1},' in lines
    assert '  "bars": [4, 4, 4, 3, 4, 4],' in lines
    assert '      "instruments": ["piano"],' in lines


def test_what_a_user_edits_is_what_the_plan_says():
    plan = from_json(edited("phrases", 1, "chords", ["Dm", "Bb C"]))
    assert plan.phrases[1].chords == ("Dm", "Bb C")
    plan = from_json(edited("phrases", 0, "instruments", ["strings", "bass"]))
    assert plan.phrases[0].instruments == (Instrument.BASS, Instrument.STRINGS)
    plan = from_json(edited("points", 1, {"beat": 8, "seconds": 4}))
    assert plan.points[1] == (8, 4.0)
    assert from_json(edited("last_chord", None)).last_chord is None


def test_fields_with_a_usual_value_may_be_left_out():
    content = json.loads(to_json(PLAN))
    for field in ("beat", "feel", "phrases", "last_chord"):
        del content[field]
    assert from_json(json.dumps(content)) == replace(PLAN, phrases=(), last_chord=None)
    content = json.loads(to_json(PLAN))
    del content["phrases"][0]["chords"]
    assert from_json(json.dumps(content)).phrases[0].chords == ()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("points", []), "points: the first must be beat 0 at 0 s"),
        (("points", 3), "points must be a list"),
        (("points", [3]), "points[0] must be a JSON object"),
        (("points", 1, {"beat": 0.5, "seconds": 4}), "points[1].beat must be a whole number"),
        (("points", 1, {"beat": 10**30, "seconds": 4}), "points[1].beat must be a whole number"),
        (("points", 1, {"seconds": 4}), "points[1].beat is missing"),
        (("points", 1, {"beat": 8}), "points[1].seconds is missing"),
        (("points", 1, {"beat": 8, "seconds": "4"}), "points[1].seconds must be a number"),
        (("points", 1, {"beat": 8, "seconds": float("nan")}), "points[1].seconds is nan"),
        (("points", 1, {"beat": 8, "seconds": -1}), "points[1]: beat 8 at -1 s does not come"),
        (("points", 1, {"beat": 21, "seconds": 8}), "points[2]: beat 20 at 10.1 s does not come"),
        (("points", 1, {"beat": 8, "seconds": 4, "bpm": 99}), "points[1].bpm is no field here"),
        (("points", 2, {"beat": 20, "seconds": 9.9}), "points: the last must lie at the end"),
        (("bars", []), "bars: give one or more"),
        (("bars", 4), "bars must be a list"),
        (("bars", 1, 0), "bars[1] must be a whole number from 1 to 12"),
        (("bars", 1, "4/4"), "bars[1] must be a whole number from 1 to 12"),
        (("bars", 1, True), "bars[1] must be a whole number from 1 to 12"),
        (("tempo", 120), "tempo is no field here; choose from duration, beat"),
        (("x" * 50, 120), f"'{'x' * 40}' is no field here"),
        (("a\nb", 120), r"'a\nb' is no field here; choose from duration, beat"),
        (("duration", -1), "duration: -1 s; give more than 0"),
        (("duration", "long"), "duration must be a number"),
        (("duration", float("inf")), "duration is inf; it must be a finite number"),
        (("beat", "half"), "beat: 'half'; choose from quarter, dotted quarter"),
        (("beat", 4), "beat must be a text that is not empty"),
        (("beat", "dotted\nquarter"), r"beat: 'dotted\nquarter'; choose from"),
        (("feel", "funky"), "feel: 'funky'; choose from straight, swing, triplet"),
        (("feel", None), "feel must be a text that is not empty"),
        (("last_chord", 20), "last_chord: beat 20 is not within the film"),
        (("last_chord", -1), "last_chord must be a whole number"),
        (("last_chord", 1.5), "last_chord must be a whole number"),
        (("phrases", {}), "phrases must be a list"),
        (("phrases", 1, "B"), "phrases[1] must be a JSON object"),
        (("phrases", 0, "bar", 2), "phrases[0].bar: the first phrase must begin at bar 1"),
        (("phrases", 1, "bar", 1), "phrases[1].bar: 1 does not come after bar 1"),
        (("phrases", 1, "bar", 0), "phrases[1].bar must be a whole number from 1"),
        (("phrases", 1, "bar", 99), "phrases[1].bar: bar 99 begins at"),
        (("phrases", 1, "form", ""), "phrases[1].form must be a text that is not empty"),
        (("phrases", 1, "key", "H"), "phrases[1].key 'H': write it as C"),
        (("phrases", 1, "key", 5), "phrases[1].key must be a text"),
        (("phrases", 1, "instruments", []), "phrases[1].instruments: name one or more"),
        (("phrases", 1, "instruments", "piano"), "phrases[1].instruments must be a list"),
        (
            ("phrases", 1, "instruments", ["piano", "harp"]),
            "phrases[1].instruments: 'harp' is none of bass, drums, guitar, piano, strings",
        ),
        (("phrases", 1, "instruments", [["piano"]]), "phrases[1].instruments: ['piano'] is none"),
        (("phrases", 1, "density", 0), "phrases[1].density: 0; give 0.5 to 40 notes a second"),
        (("phrases", 1, "density", None), "phrases[1].density must be a number"),
        (("phrases", 1, "dynamics", "loud"), "phrases[1].dynamics: 'loud'; choose from pp, p"),
        (("phrases", 1, "chords", "Am"), "phrases[1].chords must be a list"),
        (("phrases", 1, "chords", ["Am", ""]), "phrases[1].chords[1] must be a text"),
        (("phrases", 1, "chords", ["Am", " "]), "phrases[1].chords[1]: name one or more chords"),
        (("phrases", 1, "chords", ["Am", "F X"]), "phrases[1].chords[1]: chord 'X': write a root"),
        (("phrases", 1, "tempo", 3), "phrases[1].tempo is no field here; choose from bar, form"),
    ],
)  # fmt: skip
def test_a_plan_edited_into_nonsense_is_one_line_naming_the_field(change, complaint):
    with pytest.raises(EmsyncError) as caught:
        from_json(edited(*change), "my/plan.json")
    message = str(caught.value)
    assert message.startswith(f"my/plan.json: {complaint}")
    assert message.count("plan.json") == 1 and message.count(complaint) == 1
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        (("duration",), "duration is missing"),
        (("points",), "points is missing"),
        (("bars",), "bars is missing"),
        *(
            (("phrases", 1, field), f"phrases[1].{field} is missing")
            for field in ("bar", "form", "key", "instruments", "density", "dynamics")
        ),
    ],
)
def test_a_field_that_is_missing_is_named(path, complaint):
    content = json.loads(to_json(PLAN))
    place = content
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    with pytest.raises(EmsyncError) as caught:
        from_json(json.dumps(content), "plan.json")
    assert str(caught.value) == f"plan.json: {complaint}"


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000, "9" * 5000])
def test_no_plan_at_all(text):
    with pytest.raises(EmsyncError, match=r"^plan.json: ") as caught:
        from_json(text, "plan.json")
    assert len(str(caught.value).splitlines()) == 1


def test_a_cue_sheet_is_no_plan():
    text = json.dumps({"video": {}, "sections": [], "boundaries": []})
    with pytest.raises(
        EmsyncError, match=r"^cues.json: is a cue sheet, not a plan; .* emsync plan"
    ):
        from_json(text, "cues.json")


def test_a_plan_is_read_from_its_file(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(to_json(PLAN))
    assert read_plan(path) == PLAN
    path.write_text(edited("feel", "funky"))
    with pytest.raises(EmsyncError) as caught:
        read_plan(path)
    assert str(caught.value).startswith(f"{path}: feel: 'funky'")
    assert str(caught.value).count(str(path)) == 1
    with pytest.raises(EmsyncError, match="missing"):
        read_plan(tmp_path / "missing.json")
