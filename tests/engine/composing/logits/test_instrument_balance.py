"""Silent instruments become likelier."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.instrument_balance import MOST, MOST_OF_FEW, SILENT, InstrumentBalance
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_steps
from engine.score import Instrument

BASS, DRUMS, GUITAR, PIANO, STRINGS = range(len(voc.INSTRUMENTS))
ONS = voc.KIND == Kind.ON


def at(seconds: float) -> SimpleNamespace:
    """A piece at this time; the rule reads nothing else of it."""
    return SimpleNamespace(cursor=to_steps(seconds))


def play(balance: InstrumentBalance, instrument: int, seconds: float) -> None:
    on = np.flatnonzero(ONS & (instrument == voc.INSTRUMENT))[0]
    balance.update(int(on), at(seconds))


def favoured(balance: InstrumentBalance, seconds: float) -> set[int]:
    """The instruments that have become likelier; all their ONs have, alike."""
    bias = balance.bias(np.zeros(voc.SIZE, np.float32), at(seconds))
    assert not bias[~ONS].any()
    return {
        int(i)
        for i in np.unique(voc.INSTRUMENT[bias > 0])
        if (bias[ONS & (i == voc.INSTRUMENT)]).all()
    }


def strongest(balance: InstrumentBalance, seconds: float) -> float:
    return float(balance.bias(np.zeros(voc.SIZE, np.float32), at(seconds)).max())


def test_nobody_is_favoured_while_all_play() -> None:
    balance = InstrumentBalance(Instrument)
    for instrument in (BASS, DRUMS, GUITAR, PIANO, STRINGS):
        play(balance, instrument, 5)
    assert favoured(balance, 5 + SILENT - 0.1) == set()


def test_silent_instruments_are_favoured_though_enough_play() -> None:
    balance = InstrumentBalance(Instrument)
    for instrument in (BASS, DRUMS, PIANO, STRINGS):
        play(balance, instrument, 0)
    assert favoured(balance, SILENT - 0.1) == set()
    rising = []
    for second in range(0, 60, 4):
        for instrument in (BASS, DRUMS, PIANO):
            play(balance, instrument, second)
        rising.append(strongest(balance, second))
    assert rising[:3] == [0, 0, 0]
    assert 0 < rising[3] < rising[4] < rising[-1] == MOST
    assert favoured(balance, 56) == {GUITAR, STRINGS}
    play(balance, GUITAR, 56)
    assert favoured(balance, 57) == {STRINGS}


def test_drums_are_favoured_only_while_too_few_play() -> None:
    balance = InstrumentBalance(Instrument)
    for second in range(0, 60, 4):
        for instrument in (BASS, PIANO, STRINGS):
            play(balance, instrument, second)
    assert favoured(balance, 60) == {GUITAR}
    play(balance, BASS, 70)
    play(balance, PIANO, 70)
    assert favoured(balance, 72) == {DRUMS, GUITAR, STRINGS}


def test_the_bias_is_stronger_while_too_few_play() -> None:
    balance = InstrumentBalance(Instrument)
    for second in range(0, 60, 4):
        for instrument in (BASS, DRUMS):
            play(balance, instrument, second)
    assert favoured(balance, 60) == {GUITAR, PIANO, STRINGS}
    rising = [strongest(balance, second) for second in (1, 5, 20, 60)]
    assert 0 < rising[0] < rising[1] < rising[2] <= rising[3] == MOST_OF_FEW
    play(balance, PIANO, 60)
    assert favoured(balance, 60) == {GUITAR, STRINGS}
    assert strongest(balance, 60) == MOST


@pytest.mark.parametrize("chosen", [(PIANO,), (PIANO, BASS)])
def test_two_instruments_or_fewer_stay_as_chosen(chosen: tuple[int, ...]) -> None:
    balance = InstrumentBalance([voc.INSTRUMENTS[i] for i in chosen])
    assert favoured(balance, 60) == set()


def test_instruments_that_may_not_play_are_not_favoured() -> None:
    balance = InstrumentBalance([voc.INSTRUMENTS[i] for i in (BASS, PIANO, STRINGS)])
    assert favoured(balance, 60) == {BASS, PIANO, STRINGS}
