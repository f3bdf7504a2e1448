from __future__ import annotations

from fractions import Fraction

import pytest

from engine.emotion.words import EMOTIONS
from engine.timecode import Clock
from engine.timeline.text import parse


def hits(reaper):
    """The markers as emsync reads them."""
    module = reaper.module("hits")
    table = reaper.lua.table_from
    text = module.text(module.collect(table({"position": 10.0, "length": 8.0})))
    return parse(text, "markers", Clock(None, None, Fraction(0))).hits


@pytest.mark.parametrize(
    ("name", "label", "weight", "emotion"),
    [
        ("Door slams", "Door slams", 1, None),
        ("Door slams!", "Door slams", 4, None),
        ("tense!", "tense", 4, "tense"),
        ("joy 0.6", "joy", 0.6, "joy"),
        ("Joy 0,6", "Joy", 0.6, "joy"),
        ("calm", "calm", 1, "calm"),
        ("Scene 12", "Scene 12", 1, None),
        ("Take 0.0", "Take 0.0", 1, None),
        ("Door [may, weight 2, tense]", "Door", 2, "tense"),
        ("emsync Door", "Door", 1, None),
        ("emsync cut", "", 1, None),
        ("Shot #7  of\t9", "Shot #7 of 9", 1, None),
        ("", "", 1, None),
    ],
)
def test_names_of_markers_are_hits_weights_and_emotions(reaper, name, label, weight, emotion):
    reaper.add_marker(12.5, name)
    (hit,) = hits(reaper)
    assert (hit.seconds, hit.label, hit.weight, hit.emotion) == (2.5, label, weight, emotion)


def test_regions_are_stretches_and_what_is_outside_the_film_is_left_out(reaper):
    for time, name, end in ((9.0, "before", None), (18.0, "after", None), (14.0, "joy", 40.0)):
        reaper.add_marker(time, name, end)
    reaper.add_marker(10.0, "first")
    first, region = hits(reaper)
    assert (first.seconds, region.seconds, region.end, region.emotion) == (0, 4, 8, "joy")


def test_the_scripts_know_every_word_for_an_emotion(reaper):
    words = reaper.module("words")
    assert list(words["LIST"].values()) == list(EMOTIONS)
    assert all(words[word] for word in EMOTIONS)
