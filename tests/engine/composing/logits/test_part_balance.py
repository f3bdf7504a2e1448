"""Players who have had more than their share of the notes become less likely."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.logits.part_balance import USUAL, PartBalance
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement, Phrase
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

FLAT = np.zeros(voc.SIZE, np.float32)
ONS = voc.KIND == Kind.ON


def bias_after(
    notes: dict[Instrument, int],
    players=tuple(Instrument),
    valence: float = np.nan,
    arousal: float = np.nan,
    **shares: float,
):
    """The biased logits after so many notes of each instrument."""
    phrases = (Phrase(0, 4, frozenset(players)),)
    planned = {Instrument(name): share for name, share in shares.items()}
    arrangement = Arrangement(BeatGrid(64, (4,)), phrases, shares=planned)
    rule, state = PartBalance(arrangement), PieceState([(60.0, Conditions(valence, arousal))])
    for instrument, count in notes.items():
        for _ in range(count):
            token = voc.note_on(instrument, 60)
            state.push(token)
            rule.update(token, state)
    return rule.bias(FLAT, state)


def of(logits, instrument: Instrument) -> float:
    return float(logits[voc.note_on(instrument, 60)])


def test_a_favourite_steps_back_for_the_others():
    biased = bias_after({Instrument.PIANO: 60})
    assert of(biased, Instrument.PIANO) < of(biased, Instrument.STRINGS) - 1
    assert of(biased, Instrument.DRUMS) > of(biased, Instrument.BASS)


def test_usual_shares_change_nothing():
    biased = bias_after({instrument: int(10 * share) for instrument, share in USUAL.items()})
    assert biased == pytest.approx(FLAT, abs=0.01)


def test_a_plan_may_let_somebody_lead():
    usual = {instrument: int(10 * share) for instrument, share in USUAL.items()}
    biased = bias_after(usual, strings=3.0)
    assert of(biased, Instrument.STRINGS) > 0.5 > 0 > of(biased, Instrument.PIANO)
    leading = {**usual, Instrument.STRINGS: 3 * usual[Instrument.STRINGS]}
    assert bias_after(leading, strings=3.0) == pytest.approx(FLAT, abs=0.01)


def test_drums_play_little_where_it_is_calm():
    usual = {instrument: int(10 * share) for instrument, share in USUAL.items()}
    assert of(bias_after(usual, arousal=-0.8), Instrument.DRUMS) < -1
    assert bias_after(usual, arousal=0.8) == pytest.approx(FLAT, abs=0.01)


def test_the_bass_keeps_moving_where_it_is_calm():
    usual = {instrument: int(10 * share) for instrument, share in USUAL.items()}
    assert of(bias_after(usual, arousal=-0.8), Instrument.BASS) > 0.5


def test_the_bass_plays_more_where_it_is_pleasant():
    usual = {instrument: int(10 * share) for instrument, share in USUAL.items()}
    pleasant, unpleasant = (bias_after(usual, valence=valence) for valence in (0.8, -0.8))
    assert of(pleasant, Instrument.BASS) > 0.5 > 0 > of(unpleasant, Instrument.BASS)


def test_nobody_waits_for_a_player_who_is_not_planned():
    pair = Instrument.PIANO, Instrument.STRINGS
    biased = bias_after({player: int(10 * USUAL[player]) for player in pair}, pair)
    assert of(biased, Instrument.PIANO) == pytest.approx(of(biased, Instrument.STRINGS), abs=0.01)


def test_how_likely_any_note_is_stays_the_same():
    biased = bias_after({Instrument.PIANO: 60})
    assert np.logaddexp.reduce(biased[ONS]) == pytest.approx(
        np.logaddexp.reduce(FLAT[ONS]), rel=1e-5
    )
    assert not biased[~ONS].any() and not FLAT.any()
