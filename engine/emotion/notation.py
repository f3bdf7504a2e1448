"""How a user writes an emotion: a word, or valence and arousal; alone, or with times.

::

    joy
    v=-0.4 a=0.7
    calm, 0:12.5 joy, 0:40-0:52 v=-0.4 a=0.7

The command line, jobs, cue sheets and lists of hits are all read by this parser.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from engine.emotion.words import EMOTIONS, SYNONYMS, Emotion, unknown_emotion
from engine.errors import shown
from engine.timecode import clock_seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment from which on the music has another emotion.

    start: seconds. end: seconds; None until the next turn or the end of the film.
    """

    start: float
    end: float | None
    emotion: Emotion


def read_emotion(text: str) -> Emotion | None:
    """The emotion that a whole text is: a word, or ``v=-0.4 a=0.7``; None for another text.

    Case does not matter, and a synonym gives the word that it stands for. Raises ValueError for
    one coordinate without the other, and for one that is out of range.
    """
    words = text.strip().lower()
    words = SYNONYMS.get(words, words)
    if words in EMOTIONS:
        return words
    named: dict[str, float] = {}
    end = 0
    for match in _COORDINATE.finditer(words):
        if match.start() != end:
            return None
        named[(match[1] or match[2])[0]] = read_number(match[3])
        end = match.end()
    if not named or end != len(words):
        return None
    if len(named) == 1:
        other = "arousal" if "v" in named else "valence"
        raise ValueError(f"{shown(text.strip())} has no {other}; give both, such as v=-0.4 a=0.7")
    return in_range(named["v"], named["a"])


def parse_emotion(text: str) -> Emotion:
    """An emotion as ``read_emotion`` takes it, or two bare numbers: ``-0.4 0.7``.

    Raises ValueError for any other text; an unknown word is answered with the nearest words.
    """
    found = read_emotion(text)
    if found is not None:
        return found
    if match := _POINT.fullmatch(text.strip()):
        return in_range(read_number(match[1]), read_number(match[2]))
    raise ValueError(str(unknown_emotion(text.strip())))


def parse_turns(text: str) -> tuple[Turn, ...]:
    """Emotions with times, in one text: ``calm, 0:12.5 joy, 0:40-0:52 tense``.

    The first may lack a time and then holds from the start. Times are clock times. A semicolon, a
    line end or a comma before a space parts two emotions. The result rises by time.

    Raises ValueError for a wrong time or emotion, and for times that do not rise.
    """
    turns: list[Turn] = []
    for part in filter(None, map(str.strip, _PARTS.split(text))):
        match = _TIMED.fullmatch(part)
        if match is None or _POINT.fullmatch(part):
            if turns:
                raise ValueError(f"{shown(part)} has no time; write it as 0:12.5 joy")
            turns.append(Turn(0.0, None, parse_emotion(part)))
            continue
        start = float(clock_seconds(match[1]))
        end = None if match[2] is None else float(clock_seconds(match[2]))
        if end is not None and end <= start:
            raise ValueError(f"in {shown(part)}, {match[2]} is not after {match[1]}")
        if turns and start <= turns[-1].start:
            raise ValueError(f"{shown(part)} is not after the emotion before it; sort the times")
        turns.append(Turn(start, end, parse_emotion(match[3])))
    if not turns:
        raise ValueError("the emotion is empty; give a word, such as calm")
    return tuple(turns)


def read_number(text: str) -> float:
    """A number, with a point or a comma. Raises ValueError for another text."""
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{shown(text)} is not a number")
    return float(text.strip().replace(",", "."))


def in_range(valence: float, arousal: float) -> tuple[float, float]:
    """Both as they are. Raises ValueError for one outside -1..1."""
    for name, value in (("valence", valence), ("arousal", arousal)):
        if not (math.isfinite(value) and -1 <= value <= 1):
            raise ValueError(f"{name} {value:g} is out of range: give a value from -1 to 1")
    return valence, arousal


def checked_emotion(emotion: Emotion) -> Emotion:
    """An emotion that a program made or a user wrote, as it is kept. Raises ValueError for none."""
    return parse_emotion(emotion) if isinstance(emotion, str) else in_range(*emotion)


NUMBER = re.compile(r"[+-]?(?:\d{1,9}(?:[.,]\d{0,40})?|[.,]\d{1,40})(?:e-\d{1,2})?", re.ASCII)
_COORDINATE = re.compile(
    rf"\s*(?:(valence|arousal)\s*=?|([va])\s*=)\s*({NUMBER.pattern})\s*,?\s*", re.ASCII
)
_POINT = re.compile(rf"({NUMBER.pattern})[\s,]+({NUMBER.pattern})", re.ASCII)
_PARTS = re.compile(r"[;\n]|,\s(?!\s*(?:v|a|valence|arousal)\s*=)")
_TIME = r"(\d[\d:]*(?:[.,]\d+)?)"
_TIMED = re.compile(rf"{_TIME}(?:\s*[-\u2013]\s*{_TIME})?\s+(\S.*)", re.ASCII)
