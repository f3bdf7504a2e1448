from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emotion.words import EMOTIONS
from engine.hits import KINDS, Hit
from engine.timeline.labels import clean, named_hit, parse_must, tagged

numbers = st.floats(-1.0, 1.0, allow_subnormal=False).map(lambda value: round(value, 6))


@st.composite
def hits(draw: st.DrawFn) -> Hit:
    end = draw(st.none() | st.integers(1, 999).map(lambda k: 4 + k / 10))
    return Hit(
        4.0,
        clean(draw(st.text() | st.sampled_from(["tense", "x [may]", "[a, b]", "Joy", "[]"]))),
        draw(st.sampled_from([1.0, 2.0, 0.25])),
        draw(st.booleans()),
        draw(st.none() | st.sampled_from(EMOTIONS) | st.tuples(numbers, numbers)),
        end,
        draw(st.sampled_from([kind for kind in KINDS if kind != "off" or end is not None])),
    )


@given(hits())
def test_a_name_keeps_all_that_a_hit_says(hit):
    found = named_hit(4.0, tagged(hit))
    assert found.end == (None if hit.end is None else pytest.approx(hit.end, abs=1e-6))
    assert Hit(*(getattr(found, name) for name in REST)) == Hit(
        *(getattr(hit, name) for name in REST)
    )


REST = ("seconds", "label", "weight", "must", "emotion")


@pytest.mark.parametrize(
    ("name", "hit"),
    [
        ("Door slams", Hit(1.0, "Door slams")),
        ("Door [may]", Hit(1.0, "Door", must=False)),
        ("Door [May, weight 2, Tense]", Hit(1.0, "Door", 2.0, False, "tense")),
        ("Door [x2]", Hit(1.0, "Door", 2.0)),
        ("[valence -0.3 arousal 0.7]", Hit(1.0, "", emotion=(-0.3, 0.7))),
        ("Chase [lasts 2.5 s]", Hit(1.0, "Chase", end=3.5)),
        ("[off, lasts 2.5 s]", Hit(1.0, end=3.5, kind="off")),
        ("tense", Hit(1.0, "tense", emotion="tense")),
        ("Joy", Hit(1.0, "Joy", emotion="joy")),
        ("sad", Hit(1.0, "sad", emotion="sadness")),
        ("v=-0.3 a=0.7", Hit(1.0, "v=-0.3 a=0.7", emotion=(-0.3, 0.7))),
        ("Chase [may, v=-0.3 a=0.7]", Hit(1.0, "Chase", must=False, emotion=(-0.3, 0.7))),
        ("tense [must]", Hit(1.0, "tense")),
        ("Scene [12A]", Hit(1.0, "Scene [12A]")),
        ("two\nlines\tand\x00more", Hit(1.0, "two lines and more")),
    ],
)
def test_names_are_read(name, hit):
    assert named_hit(1.0, name) == hit


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("Door [may, tens]", "'tens' is no tag"),
        ("Door [weight 0]", "the weight 0"),
        ("Door [valence 3 arousal 0]", "from -1 to 1"),
        ("v=0.3", "has no arousal"),
    ],
)
def test_a_wrong_tag_is_refused(name, complaint):
    with pytest.raises(ValueError, match=complaint):
        named_hit(1.0, name)


def test_plain_hits_have_plain_names():
    assert tagged(Hit(1.0, "Door")) == "Door"
    assert tagged(Hit(1.0)) == ""
    assert tagged(Hit(1.0, "tense", emotion="tense")) == "tense"
    assert tagged(Hit(1.0, "Door", 2.0, False, "tense")) == "Door [may, weight 2, tense]"


def test_cells_are_read():
    assert parse_must("May") is False and parse_must("yes") is True
    with pytest.raises(ValueError, match="neither must nor may"):
        parse_must("perhaps")


def test_a_variation_belongs_to_the_label_beside_other_tags() -> None:
    hit = named_hit(1.0, "1m2 [variation of 1m1, tense, weight 2]", end=9.0)
    assert (hit.label, hit.emotion, hit.weight) == ("1m2 (variation of 1m1)", "tense", 2)
    assert named_hit(1.0, tagged(hit)).label == hit.label
    alone = named_hit(1.0, "1m2 [variation of 1m1]")
    assert (alone.label, alone.emotion) == ("1m2 [variation of 1m1]", None)
    with pytest.raises(ValueError, match="'louder' is no tag"):
        named_hit(1.0, "1m2 [variation of 1m1, tense, louder]")
