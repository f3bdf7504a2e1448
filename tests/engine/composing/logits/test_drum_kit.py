"""The parts of the kit keep their shares; kick and snare become less likely where it is calm."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.drum_kit import KIT, SOME, STRENGTH, DrumKit
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement, Phrase
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

FLAT = np.zeros(voc.SIZE, np.float32)
DRUMS = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
KICK, SNARE, HAT, RIDE, COWBELL, CRASH = (
    voc.note_on(Instrument.DRUMS, pitch) for pitch in (36, 38, 42, 51, 56, 57)
)
PHRASES = (
    Phrase(0, 4, frozenset({Instrument.DRUMS})),
    Phrase(800, 4, frozenset({Instrument.DRUMS})),
)


def rule() -> DrumKit:
    return DrumKit(Arrangement(BeatGrid(48, (4,) * 8), PHRASES))


def state(arousal: float = 0.5, cursor: int = 10) -> SimpleNamespace:
    return SimpleNamespace(conditions=Conditions(arousal=arousal), cursor=cursor)


def biased(arousal: float, logits=FLAT, played=(), cursor: int = 10) -> np.ndarray:
    kit = rule()
    for token in played:
        kit.update(token, state(arousal))
    return kit.bias(logits, state(arousal, cursor))


def test_calm_drums_are_hats_and_rides():
    calm, calmer = biased(-0.4), biased(-0.8)
    assert calm[KICK] == calm[SNARE] < calm[HAT] == calm[RIDE]
    assert calmer[KICK] < calm[KICK] - 2


@pytest.mark.parametrize("arousal", [-0.1, 0.5, np.nan])
def test_other_drums_are_as_they_were_at_first(arousal):
    assert biased(arousal) == pytest.approx(FLAT, abs=1e-6)


def test_a_part_that_played_more_than_its_share_becomes_less_likely():
    after = biased(0.5, played=[COWBELL] * 20)
    assert after[COWBELL] < after[HAT] - 3 and after[COWBELL] < after[KICK] < after[HAT]
    # The bias is that of the docstring: a power of the ratio of notes due to notes played.
    hat, cowbell = (part.share for part in KIT if {42, 56} & part.pitches)
    ratio = (20 * hat + SOME) / (20 * cowbell + SOME) * (20 + SOME) / SOME
    assert after[HAT] - after[COWBELL] == pytest.approx(STRENGTH * np.log(ratio), rel=1e-4)


def test_notes_of_other_instruments_do_not_count():
    piano = voc.note_on(Instrument.PIANO, 60)
    assert biased(0.5, played=[piano] * 20) == pytest.approx(FLAT, abs=1e-6)


def test_a_crash_cymbal_marks_the_beginning_of_a_phrase():
    begins, later = biased(0.5, cursor=800), biased(0.5, cursor=801)
    assert begins[CRASH] > begins[HAT] + 2
    assert later[CRASH] == pytest.approx(later[HAT])


def test_the_shares_are_those_of_the_whole_kit():
    assert sum(part.share for part in KIT) == pytest.approx(1)
    pitches = [pitch for part in KIT for pitch in part.pitches]
    assert sorted(pitches) == list(range(128))


def test_how_much_drums_play_stays_the_same():
    calm = biased(-0.8, played=[HAT] * 5)
    assert np.logaddexp.reduce(calm[DRUMS]) == pytest.approx(np.logaddexp.reduce(FLAT[DRUMS]))
    assert not calm[~DRUMS].any() and not FLAT.any()


def test_without_drums_nothing_changes():
    silent = np.where(DRUMS, np.float32(-np.inf), FLAT)
    assert biased(-0.8, silent) is silent
