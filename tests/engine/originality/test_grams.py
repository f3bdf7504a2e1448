import numpy as np
import pytest

from engine.originality.grams import (
    GRAM,
    GRAMS,
    PASSAGE,
    covered,
    distinctive,
    gram_hashes,
    hash_passages,
)


def test_a_transposed_line_has_the_same_hashes(tune):
    pitches = np.array(tune(0))
    assert (gram_hashes(pitches) == gram_hashes(pitches + 7)).all()
    assert not np.isin(gram_hashes(pitches), gram_hashes(np.array(tune(1)))).any()


def test_a_changed_note_changes_the_grams_around_it_and_no_others(tune):
    pitches = np.array(tune(0))
    changed = pitches.copy()
    changed[30] += 1
    differ = np.flatnonzero(gram_hashes(pitches) != gram_hashes(changed))
    assert differ.tolist() == list(range(30 - GRAM, 31))


def test_a_passage_has_its_number_of_grams(tune):
    assert len(gram_hashes(np.array(tune(0, PASSAGE)))) == GRAMS
    assert len(gram_hashes(np.array(tune(0, GRAM)))) == 0


def test_lines_may_be_stacked(tune):
    stacked = np.array([tune(0), tune(1)])
    assert (gram_hashes(stacked)[1] == gram_hashes(stacked[1])).all()


def test_hashes_stay_as_they_are_since_files_hold_them():
    assert hash_passages(np.array([60, 62, 64, 60]), 3).tolist() == [
        462186295218997038,
        9044759591668916561,
    ]


@pytest.mark.parametrize(
    ("pitches", "expected"),
    [
        ([60, 62, 64, 65, 67, 69] * 4, True),
        ([60, 62, 64, 65] * 6, False),
        ([60] * 24, False),
        ([60, 60, 60, 62, 62, 64, 64, 65, 65, 67, 67, 69] * 2, False),
    ],
    ids=["moves", "four pitches", "one pitch", "notes repeat"],
)
def test_a_passage_that_hardly_moves_does_not_count(pitches, expected):
    assert distinctive(np.array(pitches)).tolist() == [expected]


def test_covered_places_are_those_of_chosen_passages():
    chosen = np.array([True, False, False, True, False])
    assert covered(chosen, 6, 2).tolist() == [True, True, False, True, True, False]
