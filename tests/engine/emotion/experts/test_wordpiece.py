import pytest

from engine.emotion.experts.wordpiece import pieces_of, tokens, vocabulary, words


def test_the_vocabulary_is_that_of_bert():
    known = vocabulary()
    assert len(known) == 30_522
    assert (known["[PAD]"], known["[UNK]"], known["[CLS]"], known["[SEP]"]) == (0, 100, 101, 102)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [("unaffable", ["una", "##ffa", "##ble"]), ("house", ["house"]), ("\U0001f600", ["[UNK]"])],
)
def test_words_are_split_into_their_longest_pieces(word, pieces):
    assert pieces_of(word) == pieces


def test_case_accents_and_spaces_do_not_matter():
    assert words("Don't  CAFÉ—日本") == ["don", "'", "t", "cafe", "—", "日", "本"]


def test_tokens_stand_between_marks_and_are_cut():
    assert tokens("hello world", 128) == [101, 7592, 2088, 102]
    assert tokens("hello " * 50, 10) == [101, *[7592] * 8, 102]
    assert tokens("", 128) == [101, 102]
    assert tokens("x" * 200, 128) == [101, 100, 102]
