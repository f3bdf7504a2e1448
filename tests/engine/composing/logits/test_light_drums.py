"""Kick and snare become less likely where the music is calm."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.light_drums import LightDrums
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

FLAT = np.zeros(voc.SIZE, np.float32)
DRUMS = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
KICK, SNARE, HAT, RIDE = (voc.note_on(Instrument.DRUMS, pitch) for pitch in (36, 38, 42, 51))


def biased(arousal: float, logits=FLAT) -> np.ndarray:
    return LightDrums().bias(logits, SimpleNamespace(conditions=Conditions(arousal=arousal)))


def test_calm_drums_are_hats_and_rides():
    calm, calmer = biased(-0.4), biased(-0.8)
    assert calm[KICK] == calm[SNARE] < calm[HAT] == calm[RIDE]
    assert calmer[KICK] < calm[KICK] - 2


@pytest.mark.parametrize("arousal", [-0.1, 0.5, np.nan])
def test_other_drums_are_as_they_were(arousal):
    assert biased(arousal) is FLAT


def test_how_much_drums_play_stays_the_same():
    calm = biased(-0.8)
    assert np.logaddexp.reduce(calm[DRUMS]) == pytest.approx(np.logaddexp.reduce(FLAT[DRUMS]))
    assert not calm[~DRUMS].any() and not FLAT.any()


def test_without_drums_nothing_changes():
    silent = np.where(DRUMS, np.float32(-np.inf), FLAT)
    assert biased(-0.8, silent) is silent
