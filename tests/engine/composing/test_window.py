from __future__ import annotations

from engine.composing.window import Window, to_forget
from engine.music import vocabulary as voc
from engine.score import Instrument

ON = voc.note_on(Instrument.PIANO, 60)
KEY = (voc.INSTRUMENTS.index(Instrument.PIANO), 60)


def test_half_is_forgotten_up_to_a_bar():
    plain = [voc.shift(1)] * 100
    assert to_forget(plain) == 50
    assert to_forget([*plain[:60], voc.BAR, *plain[61:]]) == 60
    assert to_forget([*plain[:80], voc.BAR, *plain[81:]]) == 50


def test_a_full_window_gives_up_the_notes_it_forgets():
    window = Window(11, voc.MORE_INSTRUMENTS)
    for token in (ON, *[voc.shift(1)] * 8):
        window.push(token, 1.0)
        assert not window.full
    window.push(ON + 2, 1.0)
    assert window.full
    assert window.forget_half() == [KEY]
    assert len(window.tokens) == len(window.offsets) == window.dropped == 5
    assert window.forget_half() == []


def test_ended_notes_are_not_given_up():
    window = Window(11, voc.MORE_INSTRUMENTS)
    for token in (ON, voc.shift(1), ON - 1, *[voc.shift(1)] * 7):
        window.push(token, 1.0)
    assert window.forget_half() == []


def test_a_shorter_window_begins_with_a_bar_and_gives_up_what_it_forgets():
    window = Window(99, voc.MORE_INSTRUMENTS)
    for token in (ON, *[voc.shift(1)] * 8, voc.BAR, *[voc.shift(1)] * 8):
        window.push(token, 1.0)
    assert window.shorten(None) == window.shorten(99) == []
    assert window.shorten(12) == [KEY]
    assert window.tokens == [voc.BAR, *[voc.shift(1)] * 8]
    assert len(window.offsets) == 9
    assert window.shorten(4) == [] and len(window.tokens) == 4
