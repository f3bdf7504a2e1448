"""What a hit says, in one line: ``Door slams [may, weight 2, tense]``.

Most formats have a name for a marker and nothing else. There the rest stands in square brackets at
the end of the name. A name that is itself an emotion sets it (:mod:`engine.emotion.notation`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import Any

from engine.emotion.notation import NUMBER, read_emotion, read_number
from engine.emotion.words import Emotion
from engine.errors import shown
from engine.hits import KINDS, Hit, Kind


def clean(text: str) -> str:
    """A text in one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def named_hit(
    seconds: float | Fraction,
    name: str,
    end: float | Fraction | None = None,
    kind: Kind = "marker",
) -> Hit:
    """The hit that a marker with this name stands for.

    end, kind: as the format says; a tag in the name goes before them. An end that is not after the
    hit counts as none. Raises ValueError for a wrong tag.
    """
    label, given = _split(clean(name))
    lasts = given.pop("lasts", None)
    if lasts is not None:
        end = seconds + lasts
    last = float(end) if end is not None and end > seconds else None
    return replace(Hit(float(seconds), label, end=last, kind=kind), **given)


def tagged(hit: Hit, known: Collection[str] = ()) -> str:
    """The name of a hit with its tags. known: the fields that the format has a place for."""
    tags = []
    if not hit.must:
        tags.append("may")
    if hit.weight != 1:
        tags.append(f"weight {hit.weight!r}".removesuffix(".0"))
    if isinstance(hit.emotion, tuple):
        tags.append("valence {!r} arousal {!r}".format(*hit.emotion))
    elif hit.emotion is not None:
        tags.append(hit.emotion)
    if hit.kind != "marker" and "kind" not in known:
        tags.append(hit.kind)
    if hit.end is not None and "end" not in known:
        tags.append(f"lasts {hit.end - hit.seconds:.6f} s")
    if tags in ([], [hit.emotion]) and _means(hit.label, hit.emotion):
        return hit.label
    # Without a tag, the label could be taken for an emotion or for tags.
    return f"{hit.label} [{', '.join(tags or ['must'])}]".strip()


def _means(label: str, emotion: Emotion | None) -> bool:
    """Whether a label by itself is read as it is, and with this emotion."""
    try:
        return _split(label) == (label, {} if emotion is None else {"emotion": emotion})
    except ValueError:
        return False


def parse_must(text: str) -> bool:
    """Whether a hit must be met: ``must`` or ``may``, yes or no, 1 or 0. Raises ValueError else."""
    word = text.strip().lower()
    if word in ("must", "yes", "true", "1", "x", "y"):
        return True
    if word in ("may", "no", "false", "0", "n"):
        return False
    raise ValueError(f"{shown(text)} is neither must nor may")


def _split(name: str) -> tuple[str, dict[str, Any]]:
    """The label of a name, and the fields that its tags set."""
    match = _TAGS.fullmatch(name)
    if match is None:
        emotion = read_emotion(name)
        return name, {} if emotion is None else {"emotion": emotion}
    tags = [tag.strip() for tag in match["tags"].split(",")]
    variation = [tag for tag in tags if VARIATION.fullmatch(tag)]
    if len(variation) == 1 and len(tags) > 1:
        # It belongs to the label: which music plays there is no property of a hit.
        rest = ", ".join(tag for tag in tags if tag not in variation)
        label, given = _split(f"{match['label']} [{rest}]".strip())
        return f"{label} ({variation[0]})", given
    found = [_tag(tag) for tag in tags]
    if not any(found):
        # Brackets that belong to the label.
        return name, {}
    for tag, fields in zip(tags, found, strict=True):
        if not fields:
            raise ValueError(
                f"in the tags, {shown(tag)} is no tag; use must, may, off, weight 2, an "
                "emotion such as tense, v=-0.3 a=0.7"
            )
    given = {key: value for fields in found for key, value in fields.items()}
    return match["label"].strip(), given


def _tag(tag: str) -> dict[str, Any]:
    """The fields that a tag sets; none for a text that is no tag."""
    word = tag.lower()
    if word in ("must", "may"):
        return {"must": word == "must"}
    if word in KINDS:
        return {"kind": word}
    for name, pattern in _VALUES.items():
        if match := pattern.fullmatch(word):
            return {name: read_number(match[1])}
    emotion = read_emotion(tag)
    return {} if emotion is None else {"emotion": emotion}


VARIATION = re.compile(r"variation of (\S.*)", re.IGNORECASE)
"""The tag of a stretch of music that varies another: ``variation of 1m1``."""
_N = f"({NUMBER.pattern})"
_TAGS = re.compile(r"(?P<label>.*?)\s*\[(?P<tags>[^\[\]]*)\]")
_VALUES = {
    "weight": re.compile(rf"(?:weight|x)\s*=?\s*{_N}", re.ASCII),
    "lasts": re.compile(rf"lasts\s*{_N}\s*s", re.ASCII),
}
