import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.features.active_notes import NOTES, ActiveNotes
from engine.score import Instrument

ON = voc.note_on(Instrument.PIANO, 60)
NOTE = voc.INSTRUMENTS.index(Instrument.PIANO) * voc.PITCHES + 60 - voc.LOWEST_PITCH


def active_notes(*tokens: int) -> np.ndarray:
    feature = ActiveNotes()
    for token in tokens:
        feature.push(token)
    return feature.value


def test_a_note_is_active_from_its_on_to_its_off() -> None:
    value = active_notes(voc.BAR, ON)
    assert np.flatnonzero(value).tolist() == [NOTE]
    assert value[NOTE] == 1
    assert not active_notes(ON, voc.shift(5), ON - 1).any()


@pytest.mark.parametrize(("shifts", "age"), [([1], 1 / 8), ([125, 125, 5], 1.0)])
def test_the_age_of_a_note_is_logarithmic(shifts: list[int], age: float) -> None:
    value = active_notes(voc.shift(9), ON, *map(voc.shift, shifts))
    assert value[NOTES + NOTE] == pytest.approx(age)
    assert np.count_nonzero(value) == 2


def test_a_second_on_restarts_the_age() -> None:
    value = active_notes(ON, voc.shift(50), ON - 1, ON, voc.shift(1))
    assert value[NOTES + NOTE] == pytest.approx(1 / 8)


def test_an_off_without_its_on_is_ignored() -> None:
    assert not active_notes(ON - 1).any()


def test_a_note_does_not_end_at_the_instant_of_its_onset() -> None:
    assert active_notes(ON, ON - 1)[NOTE] == 1
