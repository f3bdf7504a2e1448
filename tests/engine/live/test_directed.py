"""Plans and cue sheets under the controls of a live piece."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.live.control import LiveChange, LiveControl
from engine.live.directed import directed
from engine.plan.timing import Timing
from engine.score import Instrument

BASS, DRUMS, GUITAR, PIANO, STRINGS = tuple(Instrument)


def test_density_and_players_hold_from_the_bar_on(plan, cues):
    asked = LiveControl(density=20.0, instruments=(PIANO, STRINGS))
    new, felt = directed(plan, cues, [LiveChange(7, asked)])
    assert felt == cues
    assert [phrase.bar for phrase in new.phrases] == [1, 5, 7, 10]
    assert new.phrases[:2] == (plan.phrases[0], plan.phrases[1].__class__(
        5, "B", "C major", tuple(Instrument), 12.0, "f", ("C", "Am")
    ))  # fmt: skip
    for phrase in new.phrases[2:]:
        assert (phrase.density, phrase.instruments) == (20.0, (PIANO, STRINGS))


def test_beats_harmony_and_ending_stay(plan, cues):
    changes = [
        LiveChange(3, LiveControl(valence=-0.9, arousal=0.9)),
        LiveChange(8, LiveControl(density=3.0)),
    ]
    new, _ = directed(plan, cues, changes)
    assert replace(new, phrases=plan.phrases) == plan
    assert list(Timing(new).harmony()) == list(Timing(plan).harmony())
    assert {phrase.key for phrase in new.phrases} == {"C major"}


def test_an_emotion_brings_its_players_dynamics_and_density(plan, cues):
    calm, _ = directed(plan, cues, [LiveChange(5, LiveControl(valence=-0.5, arousal=-0.8))])
    wild, _ = directed(plan, cues, [LiveChange(5, LiveControl(valence=0.8, arousal=0.9))])
    few, many = calm.phrases[1], wild.phrases[1]
    assert len(few.instruments) < len(many.instruments)
    assert few.density < many.density
    assert (few.dynamics, few.register) == ("p", "low")
    assert (many.dynamics, many.register) == ("ff", "high")


def test_the_emotion_of_the_film_changes_between_the_bars_alone(plan, cues):
    changes = [LiveChange(3, LiveControl(valence=0.5, arousal=0.1)), LiveChange(7, LiveControl())]
    _, felt = directed(plan, cues, changes)
    begin, end = (plan.seconds_at(plan.bar_line(bar)) for bar in (3, 7))
    spans = [(s.start, s.end, s.valence, s.source) for s in felt.sections]
    assert spans == [
        (0.0, begin, 0.3, "scene"),
        (begin, pytest.approx(end), 0.5, "user"),
        (pytest.approx(end), 15.0, 0.3, "scene"),
        (15.0, 28.0, -0.3, "scene"),
    ]


def test_one_coordinate_leaves_the_other_to_the_film(plan, cues):
    _, felt = directed(plan, cues, [LiveChange(1, LiveControl(arousal=0.7))])
    assert [(s.valence, s.arousal) for s in felt.sections] == [(0.3, 0.7), (-0.3, 0.7)]


def test_without_controls_nothing_but_the_split_remains(plan, cues):
    new, felt = directed(plan, cues, [LiveChange(5, LiveControl())])
    assert (new, felt) == (plan, cues)
