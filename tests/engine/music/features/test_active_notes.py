"""The notes that sound."""

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.features.active_notes import NOTES, ActiveNotes
from engine.score import Instrument

ON = voc.note_on(Instrument.PIANO, 60)
NOTE = voc.INSTRUMENTS.index(Instrument.PIANO) * voc.PITCHES + 60 - voc.LOWEST_PITCH


def listen(*tokens: int) -> np.ndarray:
    active_notes = ActiveNotes()
    for token in tokens:
        active_notes.push(token)
    return active_notes.value


def test_a_note_sounds_from_its_on_to_its_off() -> None:
    told = listen(voc.BAR, ON)
    assert np.flatnonzero(told).tolist() == [NOTE]
    assert told[NOTE] == 1
    assert not listen(ON, voc.shift(5), ON - 1).any()


@pytest.mark.parametrize(("shifts", "age"), [([1], 1 / 8), ([125, 125, 5], 1.0)])
def test_notes_age_by_the_logarithm(shifts: list[int], age: float) -> None:
    told = listen(voc.shift(9), ON, *map(voc.shift, shifts))
    assert told[NOTES + NOTE] == pytest.approx(age)
    assert np.count_nonzero(told) == 2


def test_a_note_struck_again_is_young() -> None:
    told = listen(ON, voc.shift(50), ON - 1, ON, voc.shift(1))
    assert told[NOTES + NOTE] == pytest.approx(1 / 8)


def test_what_began_unheard_is_not_known() -> None:
    assert not listen(ON - 1).any()


def test_no_note_ends_at_its_own_instant() -> None:
    assert listen(ON, ON - 1)[NOTE] == 1
