"""Who plays, and who is asked in."""

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.ensemble import MOST, MOST_OF_FEW, SILENT, Ensemble
from engine.music.vocabulary import Kind, to_steps

BASS, DRUMS, GUITAR, PIANO, STRINGS = range(len(voc.INSTRUMENTS))
ONS = voc.KIND == Kind.ON


def pushed(ensemble: Ensemble, seconds: float) -> set[int]:
    """The instruments that have become likelier; all their ONs have, alike."""
    lean = ensemble.lean(np.zeros(voc.SIZE, np.float32), to_steps(seconds))
    assert not lean[~ONS].any()
    return {
        int(i)
        for i in np.unique(voc.INSTRUMENT[lean > 0])
        if (lean[ONS & (i == voc.INSTRUMENT)]).all()
    }


def loudest(ensemble: Ensemble, seconds: float) -> float:
    return float(ensemble.lean(np.zeros(voc.SIZE, np.float32), to_steps(seconds)).max())


def test_nobody_is_asked_in_while_all_play() -> None:
    ensemble = Ensemble(ONS)
    for instrument in (BASS, DRUMS, GUITAR, PIANO, STRINGS):
        ensemble.strike(instrument, to_steps(5))
    assert pushed(ensemble, 5 + SILENT - 0.1) == set()


def test_whoever_is_silent_is_asked_in_though_enough_play() -> None:
    ensemble = Ensemble(ONS)
    for instrument in (BASS, DRUMS, PIANO, STRINGS):
        ensemble.strike(instrument, 0)
    assert pushed(ensemble, SILENT - 0.1) == set()
    rising = []
    for second in range(0, 60, 4):
        for instrument in (BASS, DRUMS, PIANO):
            ensemble.strike(instrument, to_steps(second))
        rising.append(loudest(ensemble, second))
    assert rising[:3] == [0, 0, 0]
    assert 0 < rising[3] < rising[4] < rising[-1] == MOST
    assert pushed(ensemble, 56) == {GUITAR, STRINGS}
    ensemble.strike(GUITAR, to_steps(56))
    assert pushed(ensemble, 57) == {STRINGS}


def test_drums_are_asked_in_only_where_too_few_play() -> None:
    ensemble = Ensemble(ONS)
    for second in range(0, 60, 4):
        for instrument in (BASS, PIANO, STRINGS):
            ensemble.strike(instrument, to_steps(second))
    assert pushed(ensemble, 60) == {GUITAR}
    ensemble.strike(BASS, to_steps(70))
    ensemble.strike(PIANO, to_steps(70))
    assert pushed(ensemble, 72) == {DRUMS, GUITAR, STRINGS}


def test_where_too_few_play_the_others_are_asked_in_louder() -> None:
    ensemble = Ensemble(ONS)
    for second in range(0, 60, 4):
        for instrument in (BASS, DRUMS):
            ensemble.strike(instrument, to_steps(second))
    assert pushed(ensemble, 60) == {GUITAR, PIANO, STRINGS}
    rising = [loudest(ensemble, second) for second in (1, 5, 20, 60)]
    assert 0 < rising[0] < rising[1] < rising[2] <= rising[3] == MOST_OF_FEW
    ensemble.strike(PIANO, to_steps(60))
    assert pushed(ensemble, 60) == {GUITAR, STRINGS}
    assert loudest(ensemble, 60) == MOST


@pytest.mark.parametrize("chosen", [(PIANO,), (PIANO, BASS)])
def test_a_small_ensemble_was_asked_for(chosen: tuple[int, ...]) -> None:
    ensemble = Ensemble(ONS & np.isin(voc.INSTRUMENT, chosen))
    assert pushed(ensemble, 60) == set()


def test_those_who_may_not_play_stay_out() -> None:
    ensemble = Ensemble(ONS & np.isin(voc.INSTRUMENT, (BASS, PIANO, STRINGS)))
    assert pushed(ensemble, 60) == {BASS, PIANO, STRINGS}
