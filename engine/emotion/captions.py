"""Makes captions of the lines of text that single pictures show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.emotion.reading import Text
from engine.emotion.text_recognition import Line

LONGEST = 10.0
"""Seconds after which a caption has been read, although it may still be shown."""
FORGOTTEN = 60.0
"""Seconds out of the picture after which the same text is a new caption, no watermark."""
LENGTH = 200
"""Characters of a caption, at most."""

_ALIKE = 0.8
"""Ratio of common characters of two readings of one text (Ratcliff and Obershelp)."""
_LEAST_LETTERS = 3
_LETTER_SHARE = 0.6


def blocks(lines: Sequence[Line]) -> list[str]:
    """The lines, from the top down, as texts: a line close below another goes on with it."""
    joined: list[tuple[str, Line]] = []
    for line in lines:
        if joined and _goes_on(joined[-1][1], line):
            joined[-1] = (f"{joined[-1][0]} {line.text}", line)
        else:
            joined.append((line.text, line))
    return [text for text, _ in joined]


def _goes_on(above: Line, below: Line) -> bool:
    left, _, right, bottom = above.box
    next_left, next_top, next_right, next_bottom = below.box
    height = min(bottom - above.box[1], next_bottom - next_top)
    overlap = min(right, next_right) - max(left, next_left)
    return next_top - bottom < height and overlap > 0


def is_words(text: str) -> bool:
    """Whether a text is mostly of letters, so that it may say something."""
    letters = sum(character.isalpha() for character in text)
    shown = sum(not character.isspace() for character in text)
    return letters >= _LEAST_LETTERS and letters >= _LETTER_SHARE * shown


@dataclass(slots=True)
class _Caption:
    text: str
    key: str
    start: float
    last: float
    """When it was seen last."""


class Captions:
    """Collects the texts of successive pictures; the same text counts once while it is shown.

    A text that comes back within :data:`FORGOTTEN` seconds, such as a watermark, is no new one.
    """

    def __init__(self) -> None:
        self._captions: list[_Caption] = []
        self._recent: list[_Caption] = []

    def add(self, time: float, texts: Iterable[str]) -> None:
        """The texts that the picture at ``time`` shows; ``time`` rises."""
        self._recent = [each for each in self._recent if time - each.last <= FORGOTTEN]
        for text in filter(is_words, texts):
            key = "".join(filter(str.isalnum, text.casefold()))
            known = next((each for each in reversed(self._recent) if _alike(each.key, key)), None)
            if known is None:
                caption = _Caption(text[:LENGTH], key, time, time)
                self._captions.append(caption)
                self._recent.append(caption)
            else:
                known.last = time

    def texts(self, shown: float) -> tuple[Text, ...]:
        """The captions by time. shown: seconds that a text is shown after it was seen last."""
        return tuple(
            Text(each.start, min(each.last + shown, each.start + LONGEST), each.text)
            for each in self._captions
        )


def _alike(first: str, second: str) -> bool:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
