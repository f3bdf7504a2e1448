"""Tests of :mod:`engine.emotion.captions`."""

from __future__ import annotations

import pytest

from engine.emotion.captions import FORGOTTEN, LENGTH, LONGEST, Captions, blocks, is_words
from engine.emotion.text_recognition import Line


def line(text, top, left=100, right=300, height=20):
    return Line(text, (left, top, right, top + height))


def test_a_line_close_below_another_goes_on_with_it():
    lines = [line("THE TITLE", 10), line("We have to leave", 300), line("before it rains.", 325)]
    assert blocks(lines) == ["THE TITLE", "We have to leave before it rains."]
    assert blocks([line("left", 300, 0, 100), line("right", 325, 200, 300)]) == ["left", "right"]
    assert blocks([]) == []


@pytest.mark.parametrize("text", ["We won!", "Où vas-tu ?", "我们赢了", "THE END", "1 Kings"])
def test_words_are_kept(text):
    assert is_words(text)


@pytest.mark.parametrize("text", ["", "a", "12:30:05", "|-_ ii", "4711 B", "..."])
def test_what_says_nothing_is_dropped(text):
    assert not is_words(text)


def test_a_text_counts_once_while_it_is_shown():
    captions = Captions()
    for time in (0, 2, 4):
        captions.add(time, ["We have to leave"])
    captions.add(6, ["VVe have to 1eave", "Run!"])
    first, second = captions.texts(2)
    assert (first.text, first.start, first.end) == ("We have to leave", 0, 8)
    assert (second.text, second.start, second.end) == ("Run!", 6, 8)


def test_a_watermark_counts_once_among_many_subtitles():
    captions = Captions()
    for second in range(0, 3600, 2):
        captions.add(second, ["SAMPLE COPY", f"number {chr(97 + second % 26) * 9} {second:04}"])
    watermarks = [text for text in captions.texts(2) if text.text == "SAMPLE COPY"]
    assert [(text.start, text.end) for text in watermarks] == [(0, LONGEST)]


def test_words_that_come_back_much_later_count_again():
    captions = Captions()
    captions.add(0, ["Where are you?"])
    captions.add(FORGOTTEN - 1, ["Where are you?"])
    captions.add(3 * FORGOTTEN, ["Where are you?"])
    assert [text.start for text in captions.texts(2)] == [0, 3 * FORGOTTEN]


def test_a_caption_has_a_longest_length():
    captions = Captions()
    captions.add(0, ["ab" * LENGTH])
    assert len(captions.texts(2)[0].text) == LENGTH
