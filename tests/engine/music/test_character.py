"""What nobody asked of a piece."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.music.character import TRAITS, Character
from engine.music.conditions import COUNTED, Conditions

USUAL = Character((0.0, 0.0, 0.0))


def test_every_piece_has_its_own() -> None:
    first, again, other = (Character.draw(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert set(TRAITS) == set(COUNTED)


def test_what_was_asked_stays() -> None:
    asked = Conditions(0.5, -0.5, 100.0, density=3.0, repetition=0.9, note_length=2.0)
    assert repr(USUAL.fill(asked)) == repr(asked)
    filled = USUAL.fill(Conditions(0.5, -0.5, repetition=0.9))
    assert filled.repetition == 0.9
    assert math.isfinite(filled.density) and math.isfinite(filled.note_length)
    assert (filled.valence, filled.arousal) == (0.5, -0.5)
    assert math.isnan(filled.tempo) and math.isnan(filled.key)


def test_excited_music_is_dense_and_short() -> None:
    calm, wild = (USUAL.fill(Conditions(0.0, arousal)) for arousal in (-0.8, 0.8))
    assert wild.density > calm.density and wild.note_length < calm.note_length
    assert repr(USUAL.fill(Conditions())) == repr(
        Conditions(**{c: getattr(USUAL.fill(Conditions(0.0, 0.0)), c) for c in COUNTED})
    )


@pytest.mark.parametrize("draw", [-10.0, 10.0])
def test_nothing_is_beyond_what_songs_are(draw: float) -> None:
    far = Character((draw,) * 3).fill(Conditions(-0.8, 0.8))
    for name, trait in TRAITS.items():
        limits = Conditions(**{name: getattr(far, name)}).vector((name,))
        assert float(limits[0]) == pytest.approx(trait.highest if draw > 0 else trait.lowest)
