"""All experts, in the order in which they finish."""

from __future__ import annotations

import os
from collections.abc import Collection

from engine.emotion.experts.expert import Expert
from engine.emotion.experts.faces import FACES
from engine.emotion.experts.look import LOOK
from engine.emotion.experts.scene import SCENE
from engine.emotion.experts.sound import SOUND
from engine.emotion.experts.speech import SPEECH
from engine.emotion.experts.titles import TITLES
from engine.emotion.experts.words import WORDS
from engine.errors import EmsyncError

EXPERTS: tuple[Expert, ...] = (LOOK, FACES, SCENE, SOUND, SPEECH, TITLES, WORDS)
"""``look`` comes first and is always there. ``words`` comes after what finds texts."""

ENVIRONMENT = "EMSYNC_EXPERTS"
NAMES = tuple(expert.name for expert in EXPERTS)


def listed(text: str) -> tuple[str, ...]:
    """The names in a text with commas. Raises EmsyncError if there are none."""
    names = tuple(name for name in map(str.strip, text.split(",")) if name)
    if not names:
        raise EmsyncError(f"experts: name one or more of {', '.join(NAMES)}")
    return names


def chosen(names: Collection[str] | None = None) -> tuple[Expert, ...]:
    """The experts that can work, of those named.

    None names those of the environment variable ``EMSYNC_EXPERTS``, with commas, or else all.
    Raises EmsyncError for a name that is none.
    """
    where = ""
    if names is None and (usual := os.environ.get(ENVIRONMENT)):
        names, where = listed(usual), f"{ENVIRONMENT}: "
    for name in names or ():
        if name not in NAMES:
            raise EmsyncError(f"{where}no expert {name[:40]!r}: give {', '.join(NAMES)}")
    return tuple(
        expert
        for expert in EXPERTS
        if (names is None or expert.name in names) and not expert.missing()
    )


def by_name(name: str) -> Expert:
    """The expert of a name. Raises KeyError if there is none."""
    return dict(zip(NAMES, EXPERTS, strict=True))[name]
