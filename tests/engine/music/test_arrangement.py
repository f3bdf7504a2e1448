from __future__ import annotations

from engine.music.arrangement import Arrangement, Ending, Phrase
from engine.music.beat_grid import BeatGrid
from engine.music.chord_symbols import parse_chord
from engine.score import Instrument

GRID = BeatGrid(64, (4,))
AM, F = parse_chord("Am"), parse_chord("F")
FIRST = Phrase(0, 2, frozenset({Instrument.PIANO}))
SECOND = Phrase(512, 3, frozenset(Instrument))
PIECE = Arrangement(
    GRID, (FIRST, SECOND), ((0, AM), (128, F), (512, AM)), Ending(1024, 1100), (0, 0, 2, 2, 0)
)


def test_a_phrase_holds_until_the_next_one_begins():
    found = [PIECE.phrase_at(step) for step in (0, 511, 512, 99_999)]
    assert found == [FIRST, FIRST, SECOND, SECOND]


def test_a_chord_holds_until_the_next_one_begins():
    assert [PIECE.chord_at(step) for step in (0, 127, 128, 511, 512, 9999)] == [
        AM, AM, F, F, AM, AM,
    ]  # fmt: skip
    assert [PIECE.chord_onset(step) for step in (0, 127, 128, 511, 600)] == [0, 0, 128, 128, 512]


def test_nothing_holds_where_nothing_is_planned():
    empty = Arrangement(GRID)
    assert empty.phrase_at(0) is None and empty.chord_at(0) is None
    assert empty.chord_onset(100) == 0
    late = Arrangement(GRID, (), ((128, F),))
    assert late.chord_at(127) is None and late.chord_at(128) == F


def test_a_phrase_without_harmony_leaves_it_to_the_network():
    piece = Arrangement(GRID, (FIRST, SECOND), ((0, AM), (512, None)))
    assert piece.chord_at(511) == AM and piece.chord_at(512) is None
    assert piece.chord_onset(700) == 512
