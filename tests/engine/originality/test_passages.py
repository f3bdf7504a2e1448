import numpy as np

from engine.originality.passages import known_notes, known_passages, longest_passage, runs


def quoting(tune, first: int, last: int) -> np.ndarray:
    """A tune of its own that quotes some notes of song 3, in another key."""
    return np.array([*tune(900, 40), *(pitch + 2 for pitch in tune(3)[first:last]), *tune(901, 40)])


def test_runs_count_what_is_true_in_a_row():
    assert runs(np.array([True, True, False, True, False])).tolist() == [1, 2, 0, 1, 0]
    assert runs(np.zeros(0, bool)).tolist() == []


def test_a_quote_is_found_in_place_and_length(fingerprint, tune):
    first, notes = longest_passage(quoting(tune, 10, 40), fingerprint)
    # By chance a note more or two may fit.
    assert 38 <= first <= 40
    assert 70 <= first + notes <= 72


def test_what_is_shorter_than_a_passage_is_none(fingerprint, tune):
    assert not known_passages(quoting(tune, 10, 30), fingerprint).any()
    assert known_passages(quoting(tune, 10, 34), fingerprint).sum() >= 1


def test_the_notes_of_a_quote_are_marked(fingerprint, tune):
    marked = np.flatnonzero(known_notes(quoting(tune, 10, 40), fingerprint))
    assert set(range(40, 70)) <= set(marked.tolist()) <= set(range(38, 72))


def test_tunes_scales_and_repeated_notes_are_nobodys(fingerprint, tune, scale):
    for pitches in (tune(901, 400), scale * 4, scale[::-1] * 4, [60] * 200, [60, 67] * 100):
        assert not known_passages(np.array(pitches), fingerprint).any()


def test_few_notes_have_no_passage(fingerprint):
    assert longest_passage(np.array([60, 62]), fingerprint) == (0, 0)
    assert not known_notes(np.array([60, 62]), fingerprint).any()
