from __future__ import annotations

from bridge.play.expression import expressed, expression
from bridge.play.piece import Piece
from engine.cues import CueSheet, Video
from engine.score import Instrument, Note
from engine.section import Section


def sections(*arousals, length=10.0):
    return tuple(
        Section(length * n, length * (n + 1), {}, 0.0, arousal, "test")
        for n, arousal in enumerate(arousals)
    )


def test_strings_swell_up_to_a_more_aroused_section():
    found = expression(sections(-0.8, 0.8))
    assert {change.instrument for change in found} == {Instrument.STRINGS}
    at_the_line = [change.value for change in found if change.seconds <= 10.0][-1]
    assert at_the_line == max(change.value for change in found)


def test_without_sections_there_is_no_expression():
    assert expression([]) == ()


def test_a_piece_without_a_plan_has_no_pedal():
    film = Video("film.mp4", 10.0, 25.0, 64, 48)
    cues = CueSheet(film, 0.0, 10.0, (), (), sections(0.1))
    piece = Piece((Note(Instrument.PIANO, 0.0, 1.0, 60),), (), (), 10.0)
    assert {change.controller for change in expressed(piece, cues, None).controls} == {11}
