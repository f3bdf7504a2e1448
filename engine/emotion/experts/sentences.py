"""Sentences in a film's texts that may carry emotion: no credits, and nothing but English."""

from __future__ import annotations

import re

from engine.emotion.experts.wordpiece import pieces_of, words

_CREDITS = re.compile(
    r"\b(?:directed|director|directors|produced|producer|producers|production|productions|written"
    r"|writer|writers|screenplay|edited|editor|editing|composer|composed|cinematography"
    r"|photography|starring|cast|casting|presents|pictures|studio|studios|copyright"
    r"|distributed|distribution|costume|costumes|make-?up|mixer|mixed|visual effects|vfx"
    r"|supervisor|supervised|assistant|coordinator|manager|animator|animators|animation|lighting"
    r"|rendering|stunts?|gaffer|grip|special thanks|thanks to|licen[sc]ed?|foundation|institute"
    r"|films?|music by|sound design|concept art|art department|created by|story by|based on"
    r"|in association with|sponsor(?:s|ed)?|rights reserved|mmx*[vi]*|www|https?|org|com|net)\b"
    r"|[\u00a9\u00ae\u2117@/]|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
"""What stands in credits and hardly in a story's titles."""
_GRAMMAR = frozenset(
    re.findall(
        "[a-z]+",
        """
        a about after all am an and any are as at be because been but by can could did do don for
        from get go had has have he her here him his how i if in is it just let ll me my never no
        not now of on or our out she so some than that the their them then there they this to too
        up us was we were what when where who why will with would you your
        """,
    )
)
"""Words that an English sentence has, and a name or a role has not."""
_MOST_PIECES = 1.2
"""Pieces a word from which a text is hardly English. Eleven English titles have 1.0, ten German,
French, Spanish, Italian, Swedish and Japanese ones 1.2 to 3."""
_LONGEST = 300
"""Characters of a sentence, at most; the rest is left out."""


def split(text: str) -> list[str]:
    """The sentences of a text."""
    found = re.split(r"(?<=[.!?\u2026])[\"'\u201d\u2019)]*\s+", " ".join(text.split()))
    return [each[:_LONGEST] for each in found if re.search(r"\w", each)]


def english(text: str) -> bool:
    """Whether a text seems English: it has grammar, and its words are those of the vocabulary.

    A word or three that are called out need no grammar.
    """
    found = [word for word in words(text) if word.isalpha()]
    if not found or not (_GRAMMAR & set(found) or _called_out(text, found)):
        return False
    return sum(len(pieces_of(word)) for word in found) <= _MOST_PIECES * len(found)


def credit(title: str) -> bool:
    """Whether a title is a credit, a name or a notice rather than a sentence of the story."""
    if _CREDITS.search(title):
        return True
    found = [word for word in words(title) if word.isalpha()]
    return not found or not (_GRAMMAR & set(found) or _called_out(title, found))


def _called_out(text: str, found: list[str]) -> bool:
    return len(found) <= 3 and text.rstrip().endswith(("!", "?"))
