from bridge.cli.arc import arc
from engine.score import Instrument, Note, Score


def score(*onsets: float, duration: float = 10.0) -> Score:
    notes = tuple(Note(Instrument.PIANO, onset, onset + 0.1, 60, 100) for onset in onsets)
    return Score(notes, (), (), duration)


def test_more_notes_stand_higher():
    line = arc(score(0.5, 5.1, 5.2, 5.3, 5.4), "utf-8")
    assert len(line) == 10
    assert line[5] == "█" and line[0] == "▃" and line[9] == "▁"


def test_a_terminal_without_blocks_gets_plain_signs():
    assert arc(score(0.5, 5.1, 5.2), "ascii") == "+....@...."


def test_a_silent_piece_is_flat():
    assert set(arc(score(), "utf-8")) == {"▁"}


def test_a_long_piece_fits_into_a_line():
    assert len(arc(score(*range(600), duration=600.0), "utf-8")) == 48
