"""Who plays, and who is asked in."""

import numpy as np
import pytest

from engine.composing.logits.instrument_balance import MOST, MOST_OF_FEW, SILENT, InstrumentBalance
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_steps

BASS, DRUMS, GUITAR, PIANO, STRINGS = range(len(voc.INSTRUMENTS))
ONS = voc.KIND == Kind.ON


def pushed(instrument_balance: InstrumentBalance, seconds: float) -> set[int]:
    """The instruments that have become likelier; all their ONs have, alike."""
    lean = instrument_balance.lean(np.zeros(voc.SIZE, np.float32), to_steps(seconds))
    assert not lean[~ONS].any()
    return {
        int(i)
        for i in np.unique(voc.INSTRUMENT[lean > 0])
        if (lean[ONS & (i == voc.INSTRUMENT)]).all()
    }


def loudest(instrument_balance: InstrumentBalance, seconds: float) -> float:
    return float(instrument_balance.lean(np.zeros(voc.SIZE, np.float32), to_steps(seconds)).max())


def test_nobody_is_asked_in_while_all_play() -> None:
    instrument_balance = InstrumentBalance(ONS)
    for instrument in (BASS, DRUMS, GUITAR, PIANO, STRINGS):
        instrument_balance.strike(instrument, to_steps(5))
    assert pushed(instrument_balance, 5 + SILENT - 0.1) == set()


def test_whoever_is_silent_is_asked_in_though_enough_play() -> None:
    instrument_balance = InstrumentBalance(ONS)
    for instrument in (BASS, DRUMS, PIANO, STRINGS):
        instrument_balance.strike(instrument, 0)
    assert pushed(instrument_balance, SILENT - 0.1) == set()
    rising = []
    for second in range(0, 60, 4):
        for instrument in (BASS, DRUMS, PIANO):
            instrument_balance.strike(instrument, to_steps(second))
        rising.append(loudest(instrument_balance, second))
    assert rising[:3] == [0, 0, 0]
    assert 0 < rising[3] < rising[4] < rising[-1] == MOST
    assert pushed(instrument_balance, 56) == {GUITAR, STRINGS}
    instrument_balance.strike(GUITAR, to_steps(56))
    assert pushed(instrument_balance, 57) == {STRINGS}


def test_drums_are_asked_in_only_where_too_few_play() -> None:
    instrument_balance = InstrumentBalance(ONS)
    for second in range(0, 60, 4):
        for instrument in (BASS, PIANO, STRINGS):
            instrument_balance.strike(instrument, to_steps(second))
    assert pushed(instrument_balance, 60) == {GUITAR}
    instrument_balance.strike(BASS, to_steps(70))
    instrument_balance.strike(PIANO, to_steps(70))
    assert pushed(instrument_balance, 72) == {DRUMS, GUITAR, STRINGS}


def test_where_too_few_play_the_others_are_asked_in_louder() -> None:
    instrument_balance = InstrumentBalance(ONS)
    for second in range(0, 60, 4):
        for instrument in (BASS, DRUMS):
            instrument_balance.strike(instrument, to_steps(second))
    assert pushed(instrument_balance, 60) == {GUITAR, PIANO, STRINGS}
    rising = [loudest(instrument_balance, second) for second in (1, 5, 20, 60)]
    assert 0 < rising[0] < rising[1] < rising[2] <= rising[3] == MOST_OF_FEW
    instrument_balance.strike(PIANO, to_steps(60))
    assert pushed(instrument_balance, 60) == {GUITAR, STRINGS}
    assert loudest(instrument_balance, 60) == MOST


@pytest.mark.parametrize("chosen", [(PIANO,), (PIANO, BASS)])
def test_a_small_ensemble_was_asked_for(chosen: tuple[int, ...]) -> None:
    instrument_balance = InstrumentBalance(ONS & np.isin(voc.INSTRUMENT, chosen))
    assert pushed(instrument_balance, 60) == set()


def test_those_who_may_not_play_stay_out() -> None:
    instrument_balance = InstrumentBalance(ONS & np.isin(voc.INSTRUMENT, (BASS, PIANO, STRINGS)))
    assert pushed(instrument_balance, 60) == {BASS, PIANO, STRINGS}
