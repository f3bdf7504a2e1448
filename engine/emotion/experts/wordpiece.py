"""Tokens of English text for BERT's uncased vocabulary: WordPiece (Devlin et al. 2019).

The vocabulary is Google's (Apache-2.0), 30,522 pieces, one a line.
"""

from __future__ import annotations

import lzma
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("bert_uncased_vocabulary.txt.xz")
_UNKNOWN = "[UNK]"
_LONGEST_WORD = 100
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORDS = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+|\S")
"""A word, or one mark or ideograph by itself."""


@cache
def vocabulary() -> Mapping[str, int]:
    """The number of each piece of a word."""
    pieces = lzma.decompress(_FILE.read_bytes()).decode().split("\n")
    return {piece: number for number, piece in enumerate(pieces)}


def words(text: str) -> list[str]:
    """Words and marks in lower case, without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(each for each in plain if unicodedata.category(each) != "Mn")
    return _WORDS.findall(plain)


def tokens(text: str, most: int) -> list[int]:
    """The numbers of a text's pieces between those of [CLS] and [SEP], ``most`` in all."""
    known = vocabulary()
    pieces = [piece for word in words(text) for piece in pieces_of(word)]
    return [known["[CLS]"], *(known[piece] for piece in pieces[: most - 2]), known["[SEP]"]]


def pieces_of(word: str) -> list[str]:
    """A word's longest pieces from the left; one unknown piece if they do not make it up."""
    found = list(_split(word)) if len(word) <= _LONGEST_WORD else [_UNKNOWN]
    return [_UNKNOWN] if _UNKNOWN in found else found


def _split(word: str) -> Iterator[str]:
    known = vocabulary()
    start = 0
    while start < len(word):
        lead = "##" if start else ""
        for end in range(len(word), start, -1):
            if lead + word[start:end] in known:
                yield lead + word[start:end]
                start = end
                break
        else:
            yield _UNKNOWN
            return
