"""Themes that come again later come in a region too."""

from __future__ import annotations

from engine.composing.infill import Given
from engine.music import vocabulary as voc
from engine.plan.plan import Phrase, Plan
from engine.rescore.following import following_models
from engine.rescore.regions import Region
from engine.score import Instrument, Note

PIANO = Instrument.PIANO


def plan(*forms: str, bars: tuple[int, ...] = (4,)) -> Plan:
    """Phrases of two bars, each of two seconds."""
    phrases = tuple(
        Phrase(1 + 2 * n, form, "C major", (PIANO,), 8.0, "mf", (f"{form[0]}m", f"{form[0]}7"))
        for n, form in enumerate(forms)
    )
    seconds = 4.0 * len(forms)
    return Plan(seconds, ((0, 0.0), (8 * len(forms), seconds)), bars, phrases=phrases)


GIVEN = Given(((0.0, 4.0), (8.0, 16.0)), (Note(PIANO, 8.0, 9.0, 60), Note(PIANO, 12.0, 13.0, 64)))


def test_a_theme_is_taken_from_where_it_comes_again():
    models = following_models(plan("A", "B", "C", "B"), [Region(4.0, 8.0)], GIVEN)
    assert models is not None
    assert models.bars == (None, None, 6, 7, None, None, None, None)
    assert models.tokens.count(voc.BAR) == 8
    assert voc.note_on(PIANO, 64) in models.tokens


def test_a_theme_that_came_before_is_taken_from_there():
    assert following_models(plan("B", "B", "C", "B"), [Region(4.0, 8.0)], GIVEN) is None


def test_new_music_is_no_model():
    regions = [Region(4.0, 8.0), Region(12.0, 16.0)]
    assert following_models(plan("A", "B", "C", "B"), regions, GIVEN) is None


def test_a_bar_of_another_length_is_no_model():
    found = following_models(
        plan("A", "B", "C", "B", bars=(4, 4, 4, 4, 4, 4, 3, 5)), [Region(4.0, 8.0)], GIVEN
    )
    assert found is None
