import numpy as np

from engine.music.events import encode, normalise
from engine.originality.lines import lines, lines_of_tokens
from engine.score import Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument


def test_a_line_has_the_notes_of_a_part_in_order_and_chords_from_the_lowest_up():
    notes = (
        Note(BASS, 0.0, 1.0, 40), Note(PIANO, 0.0, 1.0, 67), Note(PIANO, 0.0, 1.0, 60),
        Note(PIANO, 1.0, 2.0, 59),
    )  # fmt: skip
    found = {line.instrument: line for line in lines(Score(notes, (), (), 2.0))}
    assert found[PIANO].pitches.tolist() == [60, 67, 59]
    assert found[PIANO].onsets.tolist() == [0, 0, 125]
    assert found[BASS].pitches.tolist() == [40]
    assert len(found[STRINGS]) == 0


def test_drums_have_no_line():
    found = lines(Score((Note(DRUMS, 0.0, 0.1, 36),), (), (), 1.0))
    assert DRUMS not in [line.instrument for line in found]


def test_tokens_and_scores_have_the_same_lines(tune, played):
    score = played(tune(0), STRINGS)
    for ours, theirs in zip(lines(score), lines_of_tokens(encode(normalise(score))), strict=True):
        assert np.array_equal(ours.pitches, theirs.pitches)
